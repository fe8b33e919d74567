"""How a child differs from its parent, compiled by Numba; imported by its own name.

Besides the point mutations of CGP, steps that change many genes at once: replacing a net by
another one everywhere (S. Venkataramani et al., "Substitute-and-Simplify", DATE 2013), reading
another net in both halves of a full adder, and letting two full adders exchange what they read.
The last one keeps the product where both nets have the same weight, and changes only glitches.
"""

from evoapproxnas.cgp.compiled import Random, draw, mutate
from evoapproxnas.cgp.grid import IntArray
from evoapproxnas.circuits.cgp_form import CARRY, SUM
from evoapproxnas.multipliers.evolution.kernels.compiling import compiled

_CONSTANT_ONE_IN = 3
_TRIES = 16


@compiled
def move(genes: IntArray, choices: IntArray, nodes: int, random: Random, most: int) -> None:
    """Change a genotype in place: half of the times by point mutations.

    Args:
        genes: of a grid of `cgp_form`.
        choices: number of values of every gene.
        nodes: of the grid.
        random: state of the generator.
        most: largest number of point mutations.
    """
    inputs = choices[genes.size - 1] - nodes
    kind = draw(random, 8)
    if kind < 2:
        _substitute(genes, inputs, nodes, random)
    elif kind == 2:
        _exchange(genes, inputs, nodes, random)
    elif kind == 3:
        _reconnect(genes, inputs, nodes, random)
    else:
        mutate(genes, choices, random, most)


@compiled
def _substitute(genes: IntArray, inputs: int, nodes: int, random: Random) -> None:
    """Let everything that reads one net read an earlier one or a constant."""
    net = inputs + draw(random, nodes)
    new = draw(random, 2) if draw(random, _CONSTANT_ONE_IN) == 0 else draw(random, net)
    for node in range(net - inputs + 1, nodes):
        for gene in range(4 * node + 1, 4 * node + 4):
            if genes[gene] == net:
                genes[gene] = new
    for gene in range(4 * nodes, genes.size):
        if genes[gene] == net:
            genes[gene] = new


@compiled
def _reconnect(genes: IntArray, inputs: int, nodes: int, random: Random) -> None:
    """Let one pin of a full adder read another net."""
    node = _adder(genes, nodes, random)
    if node >= 0:
        half = _other_half(genes, nodes, node)
        old = genes[4 * node + 1 + draw(random, 3)]
        new = draw(random, inputs + min(node, half))
        _replace(genes, node, old, new)
        _replace(genes, half, old, new)


@compiled
def _exchange(genes: IntArray, inputs: int, nodes: int, random: Random) -> None:
    """Let two full adders exchange one operand, where both stand behind it."""
    one, other = _adder(genes, nodes, random), _adder(genes, nodes, random)
    if one < 0 or other < 0:
        return
    one_half, other_half = _other_half(genes, nodes, one), _other_half(genes, nodes, other)
    left = genes[4 * one + 1 + draw(random, 3)]
    right = genes[4 * other + 1 + draw(random, 3)]
    if right < inputs + min(one, one_half) and left < inputs + min(other, other_half):
        _replace(genes, one, left, right)
        _replace(genes, other, right, left)
        if one_half != one:
            _replace(genes, one_half, left, right)
        if other_half != other:
            _replace(genes, other_half, right, left)


@compiled
def _adder(genes: IntArray, nodes: int, random: Random) -> int:
    """Draw a node that is the sum or carry of a full adder; -1 where none turns up."""
    for _ in range(_TRIES):
        node = draw(random, nodes)
        if genes[4 * node] == SUM or genes[4 * node] == CARRY:
            return node
    return -1


@compiled
def _other_half(genes: IntArray, nodes: int, node: int) -> int:
    """Return the carry to a sum or the reverse; the node itself where there is none."""
    wanted = SUM + CARRY - genes[4 * node]
    a, b, c = genes[4 * node + 1], genes[4 * node + 2], genes[4 * node + 3]
    for other in range(nodes):
        if genes[4 * other] == wanted:
            x, y, z = genes[4 * other + 1], genes[4 * other + 2], genes[4 * other + 3]
            if x + y + z == a + b + c and x * y * z == a * b * c:
                return other
    return node


@compiled
def _replace(genes: IntArray, node: int, old: int, new: int) -> None:
    """Let the first pin of a node that reads one net read another."""
    for gene in range(4 * node + 1, 4 * node + 4):
        if genes[gene] == old:
            genes[gene] = new
            return
