"""The (1 + lambda) search of circuits, compiled by Numba; imported by its own name.

The parent's words of every net are kept. A child's gates are simulated only where they or what
they read differ from the parent, block by block into a scratch memory that stays in the cache;
the few children that are accepted are simulated once more, into the parent's words. A child whose
error exceeds the limit is given up at the first block that shows it, and one that needs more
energy than its parent before all of its glitches are counted. All leave every accepted figure what
a full evaluation gives.

Source of the search: J. F. Miller, "Cartesian Genetic Programming", 2011, chapter 2.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from evoapproxnas.cgp.compiled import Random, mark_active
from evoapproxnas.cgp.grid import IntArray
from evoapproxnas.circuits.gates import Words
from evoapproxnas.multipliers.evolution.kernels.blocks import LAYER, WCE, block_error, gate_block
from evoapproxnas.multipliers.evolution.kernels.compiling import compiled
from evoapproxnas.multipliers.evolution.kernels.energy import Energies, energy_fj
from evoapproxnas.multipliers.evolution.kernels.glitches import Waves
from evoapproxnas.multipliers.evolution.kernels.layer_error import LayerError, layer_error_block
from evoapproxnas.multipliers.evolution.kernels.moves import move
from evoapproxnas.multipliers.evolution.kernels.vector_words import BLOCK

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

EVALUATIONS, NEUTRAL, IMPROVED_AT = range(3)
"""Places in `Parent.counters`: evaluations, children equal to their parent, last improvement."""


class Problem(NamedTuple):
    """What is searched.

    `limit` (1,) is in the unit of `block_error` or `layer_error_block`, summed up. `shares`
    (blocks,) is how often the operands of a block occur, relative to the others; only `LAYER`
    takes others than 1.
    """

    choices: IntArray
    arities: IntArray
    energies: Energies
    exact: Words
    weights: Floats
    limit: Floats
    kind: int
    layer: LayerError
    shares: IntArray
    signed: bool
    blocks: int
    inputs: int
    outputs: int
    mutations: int
    children: int


class Parent(NamedTuple):
    """The circuit that is being changed; `energy_fj` (1,), `random` (1,), `counters` (3,).

    `wires` holds BLOCK words of every net for every block, then as many of every node once more:
    the scratch memory of children. `waves` are those of every net.
    """

    genes: IntArray
    valid: Flags
    ones: IntArray
    wires: Words
    waves: Waves
    energy_fj: Floats
    random: Random
    counters: IntArray


class Child(NamedTuple):
    """Scratch memory for one child; `best` keeps the genes of the best one of a generation."""

    genes: IntArray
    best: IntArray
    changed: Flags
    active: Flags
    ones: IntArray
    net_fj: Floats
    partner: IntArray
    waves: Waves
    raw: Words
    program: IntArray
    positions: IntArray
    strides: IntArray


@compiled
def search(problem: Problem, parent: Parent, child: Child, evaluations: int) -> None:
    """Run whole generations until `evaluations` more children have been evaluated."""
    target = parent.counters[EVALUATIONS] + evaluations
    while parent.counters[EVALUATIONS] < target:
        best_fj, last = np.inf, False
        for _ in range(problem.children):
            child.genes[:] = parent.genes
            move(child.genes, problem.choices, parent.valid.size, parent.random, problem.mutations)
            child_fj = assess(problem, parent, child)
            last = child_fj <= best_fj and child_fj <= parent.energy_fj[0]
            if last:
                best_fj = child_fj
                child.best[:] = child.genes
        if best_fj > parent.energy_fj[0]:
            continue
        if best_fj < parent.energy_fj[0]:
            parent.counters[IMPROVED_AT] = parent.counters[EVALUATIONS]
        if not last:  # what was traced is a later child
            child.genes[:] = child.best
            _trace(problem, parent, child)
            energy_fj(problem.energies, parent, child, problem.shares, np.inf)
        accept(problem, parent, child, best_fj)


@compiled
def assess(problem: Problem, parent: Parent, child: Child) -> float:
    """Return the energy of the child, infinite beyond the limit, and count what was done."""
    neutral = not _trace(problem, parent, child)
    for output in range(problem.outputs):
        place = parent.genes.size - problem.outputs + output
        neutral = neutral and child.genes[place] == parent.genes[place]
    if neutral and np.isfinite(parent.energy_fj[0]):
        parent.counters[NEUTRAL] += 1
        return parent.energy_fj[0]
    parent.counters[EVALUATIONS] += 1
    return _evaluate(problem, parent, child)


@compiled
def accept(problem: Problem, parent: Parent, child: Child, total_fj: float) -> None:
    """Make the child that was traced last the parent."""
    genes, changed, active, valid = child.genes, child.changed, child.active, parent.valid
    wires, ones, inputs = parent.wires, parent.ones, problem.inputs
    kept, made = parent.waves, child.waves
    shares = problem.shares
    for node in range(valid.size):
        if changed[node]:
            valid[node] = active[inputs + node]
            ones[node] = 0
            if valid[node]:
                net = inputs + node
                length = max(made.last[net] - made.first[net], 0) + 1
                kept.words[net, :length] = made.words[net, :length]
                kept.first[net], kept.last[net] = made.first[net], made.last[net]
                kept.surplus[net] = made.surplus[net]
    for block in range(problem.blocks):
        base = block * (inputs + valid.size) * BLOCK
        for node in range(valid.size):
            if changed[node] and valid[node]:
                pins = genes[4 * node + 1 : 4 * node + 4]
                ones[node] += shares[block] * gate_block(
                    genes[4 * node],
                    wires,
                    base + BLOCK * pins[0],
                    base + BLOCK * pins[1],
                    base + BLOCK * pins[2],
                    base + BLOCK * (inputs + node),
                )
    parent.genes[:] = genes
    parent.energy_fj[0] = total_fj


@compiled
def _trace(problem: Problem, parent: Parent, child: Child) -> bool:
    """Mark the active nodes and those that do not compute what the parent's do.

    Returns:
        Whether any node is both.
    """
    # Arrays are taken out of their tuples before a loop: each access counts references.
    genes, before, valid = child.genes, parent.genes, parent.valid
    active, changed, arities = child.active, child.changed, problem.arities
    inputs = problem.inputs
    mark_active(genes, arities, inputs, problem.outputs, active)
    found = False
    for node in range(valid.size):
        differs = not valid[node] or genes[4 * node] != before[4 * node]
        for pin in range(arities[genes[4 * node]]):
            source = genes[4 * node + 1 + pin]
            differs = differs or source != before[4 * node + 1 + pin]
            if source >= inputs:
                differs = differs or changed[source - inputs]
        changed[node] = differs
        found = found or (differs and active[inputs + node])
    return found


@compiled
def _evaluate(problem: Problem, parent: Parent, child: Child) -> float:
    """Simulate what changed, measure the error, then the energy of one operation.

    Relies on the marks of `_trace`.
    """
    count = _compile(problem, parent, child)
    wires, program, ones = parent.wires, child.program, child.ones
    positions, strides = child.positions, child.strides
    exact, weights, shares = problem.exact, problem.weights, problem.shares
    kind, signed, limit = problem.kind, problem.signed, problem.limit[0]
    ones[:] = 0
    total = 0.0
    for block in range(problem.blocks):
        for step in range(0, 9 * count, 9):
            ones[program[step]] += shares[block] * gate_block(
                program[step + 1],
                wires,
                program[step + 2] + block * program[step + 3],
                program[step + 4] + block * program[step + 5],
                program[step + 6] + block * program[step + 7],
                program[step + 8],
            )
        if block:
            positions += strides
        start = block * 16 * BLOCK
        if kind == LAYER:
            error = layer_error_block(problem.layer, block, wires, positions, exact, start, signed)
        else:
            error = block_error(kind, wires, positions, exact, start, signed, weights)
        total = max(total, error) if kind == WCE else total + error
        if total > limit:
            return np.inf
    return energy_fj(problem.energies, parent, child, problem.shares, parent.energy_fj[0])


@compiled
def _compile(problem: Problem, parent: Parent, child: Child) -> int:
    """List the gates to simulate, and where the outputs are.

    Writes for every gate: node, function, offset and stride from block to block of its operands,
    offset of its result; and offset and stride of every output.
    """
    genes, changed, active = child.genes, child.changed, child.active
    program, positions, strides = child.program, child.positions, child.strides
    arities, inputs, outputs = problem.arities, problem.inputs, problem.outputs
    stride = (inputs + changed.size) * BLOCK
    scratch = problem.blocks * stride - inputs * BLOCK
    count = 0
    for node in range(changed.size):
        if changed[node] and active[inputs + node]:
            step = 9 * count
            program[step] = node
            program[step + 1] = genes[4 * node]
            for pin in range(3):
                source = genes[4 * node + 1 + min(pin, arities[genes[4 * node]] - 1)]
                written = source >= inputs and changed[source - inputs]
                program[step + 2 + 2 * pin] = source * BLOCK + (scratch if written else 0)
                program[step + 3 + 2 * pin] = 0 if written else stride
            program[step + 8] = (inputs + node) * BLOCK + scratch
            count += 1
    for output in range(outputs):
        source = genes[genes.size - outputs + output]
        written = source >= inputs and changed[source - inputs]
        positions[output] = source * BLOCK + (scratch if written else 0)
        strides[output] = 0 if written else stride
    return count
