"""The (1 + lambda) search of circuits, compiled by Numba; imported by its own name.

The parent's words of every net are kept. A child's gates are simulated only where they or what
they read differ from the parent: each net has two slots, the parent's and one that a child
writes, and accepting a child exchanges them. A child whose error exceeds the limit is given up
at the first block that shows it. Both leave every accepted figure what a full evaluation gives.

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
    inputs: int
    outputs: int
    mutations: int
    children: int


class Parent(NamedTuple):
    """The circuit that is being changed; `energy_fj` (1,), `random` (1,), `counters` (3,)."""

    genes: IntArray
    slots: IntArray
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
        if not last:  # the words of the best child were overwritten by a later one
            child.genes[:] = child.best
            _trace(problem, parent, child)
            _evaluate(problem, parent, child)
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
    """Make the child that was evaluated last the parent."""
    for node in range(parent.valid.size):
        if child.changed[node]:
            parent.valid[node] = child.active[problem.inputs + node]
            if parent.valid[node]:
                parent.slots[node] = 1 - parent.slots[node]
                parent.ones[node] = child.ones[node]
    parent.genes[:] = child.genes
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
    positions, exact, weights = child.positions, problem.exact, problem.weights
    kind, signed, limit = problem.kind, problem.signed, problem.limit[0]
    outputs = problem.outputs
    block_words = (problem.inputs + 2 * parent.valid.size) * BLOCK
    ones[:] = 0
    total = 0.0
    for block in range(wires.size // block_words):
        base = block * block_words
        for step in range(5, 5 * count + 5, 5):
            ones[program[step]] += gate_block(
                program[step + 1],
                wires,
                base + program[step + 2],
                base + program[step + 3],
                base + program[step + 4],
            )
        for output in range(outputs):
            positions[output] += block_words if block else 0
        error = block_error(kind, wires, positions, exact, block * 16 * BLOCK, signed, weights)
        total = max(total, error) if kind == WCE else total + error
        if total > limit:
            return np.inf
    return _energy_fj(problem, parent, child)


@njit(nogil=True, cache=True)
def _compile(problem: Problem, parent: Parent, child: Child) -> int:
    """List the gates to simulate, and where the outputs are.

    Writes node, function and the word offsets of the three nets of every gate into the program,
    from place 5 on, and the offsets of the outputs in the first block into the positions.
    """
    genes, changed, slots, active = child.genes, child.changed, parent.slots, child.active
    program, positions, arities = child.program, child.positions, problem.arities
    inputs, outputs = problem.inputs, problem.outputs
    count = 0
    for node in range(slots.size):
        if changed[node] and active[inputs + node]:
            count += 1
            first, second = genes[3 * node + 1], genes[3 * node + 2]
            if arities[genes[3 * node]] == 1:
                second = first
            program[5 * count] = node
            program[5 * count + 1] = genes[3 * node]
            program[5 * count + 2] = BLOCK * _slot(first, inputs, slots, changed)
            program[5 * count + 3] = BLOCK * _slot(second, inputs, slots, changed)
            program[5 * count + 4] = BLOCK * _slot(inputs + node, inputs, slots, changed)
    for output in range(outputs):
        address = genes[genes.size - outputs + output]
        positions[output] = BLOCK * _slot(address, inputs, slots, changed)
    return count


@njit(nogil=True, cache=True)
def _slot(address: int, inputs: int, slots: IntArray, changed: Flags) -> int:
    """Return where the child's words of an address are."""
    if address < inputs:
        return address
    node = address - inputs
    return inputs + 2 * node + (1 - slots[node] if changed[node] else slots[node])


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
    pairs = 64.0 * (parent.wires.size // (inputs + 2 * nodes))
    energy_fj = 0.0
    for node in range(nodes):
        if active[inputs + node]:
            p = (own_ones[node] if changed[node] else parent_ones[node]) / pairs
            net_fj = internal_fj[genes[3 * node]] + load_fj[inputs + node]
            energy_fj += 2 * p * (1 - p) * net_fj
    return energy_fj
