"""The (1 + lambda) search of circuits, compiled by Numba; imported by its own name.

The parent's words of every net are kept. A child's gates are simulated only where they or what
they read differ from the parent, block by block into a scratch memory that stays in the cache;
the few children that are accepted are simulated once more, into the parent's words. A child whose
error exceeds the limit is given up at the first block that shows it. Both leave every accepted
figure what a full evaluation gives.

Source of the search: J. F. Miller, "Cartesian Genetic Programming", 2011, chapter 2.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import njit

from evoapproxnas.cgp.compiled import Random, mark_active, mutate
from evoapproxnas.cgp.grid import IntArray
from evoapproxnas.circuits.compiled import WCE, block_error, gate_block
from evoapproxnas.circuits.gates import Words
from evoapproxnas.circuits.vector_words import BLOCK

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

EVALUATIONS, NEUTRAL, IMPROVED_AT = range(3)
"""Places in `Parent.counters`: evaluations, children equal to their parent, last improvement."""


class Problem(NamedTuple):
    """What is searched; `limit` (1,) is in the unit of `compiled.block_error`, summed up."""

    choices: IntArray
    arities: IntArray
    internal_fj: Floats
    pin_fj: Floats
    exact: Words
    weights: Floats
    limit: Floats
    kind: int
    signed: bool
    blocks: int
    inputs: int
    outputs: int
    mutations: int
    children: int


class Parent(NamedTuple):
    """The circuit that is being changed; `energy_fj` (1,), `random` (1,), `counters` (3,).

    `wires` holds BLOCK words of every net for every block, then as many of every node once more:
    the scratch memory of children.
    """

    genes: IntArray
    valid: Flags
    ones: IntArray
    wires: Words
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
    load_fj: Floats
    program: IntArray
    positions: IntArray
    strides: IntArray


@njit(nogil=True, cache=True)
def search(problem: Problem, parent: Parent, child: Child, evaluations: int) -> None:
    """Run whole generations until `evaluations` more children have been evaluated."""
    target = parent.counters[EVALUATIONS] + evaluations
    while parent.counters[EVALUATIONS] < target:
        best_fj, last = np.inf, False
        for _ in range(problem.children):
            child.genes[:] = parent.genes
            mutate(child.genes, problem.choices, parent.random, problem.mutations)
            energy_fj = assess(problem, parent, child)
            last = energy_fj <= best_fj and energy_fj <= parent.energy_fj[0]
            if last:
                best_fj = energy_fj
                child.best[:] = child.genes
        if best_fj > parent.energy_fj[0]:
            continue
        if best_fj < parent.energy_fj[0]:
            parent.counters[IMPROVED_AT] = parent.counters[EVALUATIONS]
        if not last:  # what was traced is a later child
            child.genes[:] = child.best
            _trace(problem, parent, child)
        accept(problem, parent, child, best_fj)


@njit(nogil=True, cache=True)
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


@njit(nogil=True, cache=True)
def accept(problem: Problem, parent: Parent, child: Child, energy_fj: float) -> None:
    """Make the child that was traced last the parent."""
    genes, changed, active, valid = child.genes, child.changed, child.active, parent.valid
    wires, ones, arities, inputs = parent.wires, parent.ones, problem.arities, problem.inputs
    for node in range(valid.size):
        if changed[node]:
            valid[node] = active[inputs + node]
            ones[node] = 0
    for block in range(problem.blocks):
        base = block * (inputs + valid.size) * BLOCK
        for node in range(valid.size):
            if changed[node] and valid[node]:
                first, second = genes[3 * node + 1], genes[3 * node + 2]
                if arities[genes[3 * node]] == 1:
                    second = first
                ones[node] += gate_block(
                    genes[3 * node],
                    wires,
                    base + BLOCK * first,
                    base + BLOCK * second,
                    base + BLOCK * (inputs + node),
                )
    parent.genes[:] = genes
    parent.energy_fj[0] = energy_fj


@njit(nogil=True, cache=True)
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
        differs = not valid[node] or genes[3 * node] != before[3 * node]
        for pin in range(arities[genes[3 * node]]):
            source = genes[3 * node + 1 + pin]
            differs = differs or source != before[3 * node + 1 + pin]
            if source >= inputs:
                differs = differs or changed[source - inputs]
        changed[node] = differs
        found = found or (differs and active[inputs + node])
    return found


@njit(nogil=True, cache=True)
def _evaluate(problem: Problem, parent: Parent, child: Child) -> float:
    """Simulate what changed, measure the error, then the energy of one operation.

    Relies on the marks of `_trace`.
    """
    count = _compile(problem, parent, child)
    wires, program, ones = parent.wires, child.program, child.ones
    positions, strides = child.positions, child.strides
    exact, weights = problem.exact, problem.weights
    kind, signed, limit = problem.kind, problem.signed, problem.limit[0]
    ones[:] = 0
    total = 0.0
    for block in range(problem.blocks):
        for step in range(0, 7 * count, 7):
            ones[program[step]] += gate_block(
                program[step + 1],
                wires,
                program[step + 2] + block * program[step + 3],
                program[step + 4] + block * program[step + 5],
                program[step + 6],
            )
        if block:
            positions += strides
        error = block_error(kind, wires, positions, exact, block * 16 * BLOCK, signed, weights)
        total = max(total, error) if kind == WCE else total + error
        if total > limit:
            return np.inf
    return _energy_fj(problem, parent, child)


@njit(nogil=True, cache=True)
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
            program[7 * count] = node
            program[7 * count + 1] = genes[3 * node]
            for pin in range(2):
                source = genes[3 * node + 1 + min(pin, arities[genes[3 * node]] - 1)]
                written = source >= inputs and changed[source - inputs]
                program[7 * count + 2 + 2 * pin] = source * BLOCK + (scratch if written else 0)
                program[7 * count + 3 + 2 * pin] = 0 if written else stride
            program[7 * count + 6] = (inputs + node) * BLOCK + scratch
            count += 1
    for output in range(outputs):
        source = genes[genes.size - outputs + output]
        written = source >= inputs and changed[source - inputs]
        positions[output] = source * BLOCK + (scratch if written else 0)
        strides[output] = 0 if written else stride
    return count


@njit(nogil=True, cache=True)
def _energy_fj(problem: Problem, parent: Parent, child: Child) -> float:
    """Add up 2 p (1 - p) transitions of every active net, as in `cost.power_uw` less glitches."""
    genes, changed, active, load_fj = child.genes, child.changed, child.active, child.load_fj
    arities, pin_fj, internal_fj = problem.arities, problem.pin_fj, problem.internal_fj
    own_ones, parent_ones = child.ones, parent.ones
    inputs, nodes = problem.inputs, parent.valid.size
    load_fj[:] = 0
    for node in range(nodes):
        if active[inputs + node]:
            function = genes[3 * node]
            for pin in range(arities[function]):
                load_fj[genes[3 * node + 1 + pin]] += pin_fj[function]
    pairs = 64.0 * BLOCK * problem.blocks
    energy_fj = 0.0
    for node in range(nodes):
        if active[inputs + node]:
            p = (own_ones[node] if changed[node] else parent_ones[node]) / pairs
            net_fj = internal_fj[genes[3 * node]] + load_fj[inputs + node]
            energy_fj += 2 * p * (1 - p) * net_fj
    return energy_fj
