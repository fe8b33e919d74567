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
    mark_active(child.genes, problem.arities, problem.inputs, problem.outputs, child.active)
    found = False
    for node in range(parent.valid.size):
        changed = not parent.valid[node] or child.genes[3 * node] != parent.genes[3 * node]
        for pin in range(problem.arities[child.genes[3 * node]]):
            source = child.genes[3 * node + 1 + pin]
            changed = changed or source != parent.genes[3 * node + 1 + pin]
            if source >= problem.inputs:
                changed = changed or child.changed[source - problem.inputs]
        child.changed[node] = changed
        found = found or (changed and child.active[problem.inputs + node])
    return found


@njit(nogil=True, cache=True)
def _evaluate(problem: Problem, parent: Parent, child: Child) -> float:
    """Simulate what changed, measure the error, then the energy of one operation."""
    _trace(problem, parent, child)
    count = _compile(problem, parent, child)
    slots = problem.inputs + 2 * parent.valid.size
    child.ones[:] = 0
    total = 0.0
    for block in range(parent.wires.size // (slots * BLOCK)):
        base = block * slots * BLOCK
        for step in range(count):
            node = child.program[5 * step]
            child.ones[node] += gate_block(
                child.program[5 * step + 1],
                parent.wires,
                base + child.program[5 * step + 2],
                base + child.program[5 * step + 3],
                base + child.program[5 * step + 4],
            )
        for output in range(problem.outputs):
            address = child.genes[child.genes.size - problem.outputs + output]
            child.positions[output] = base + BLOCK * _slot(problem, parent, child, address)
        error = block_error(
            problem.kind,
            parent.wires,
            child.positions,
            problem.exact,
            block * 16 * BLOCK,
            problem.signed,
            problem.weights,
        )
        total = max(total, error) if problem.kind == WCE else total + error
        if total > problem.limit[0]:
            return np.inf
    return _energy_fj(problem, parent, child)


@njit(nogil=True, cache=True)
def _compile(problem: Problem, parent: Parent, child: Child) -> int:
    """List the gates to simulate: node, function and the word offsets of its three nets."""
    count = 0
    for node in range(parent.valid.size):
        if child.changed[node] and child.active[problem.inputs + node]:
            first, second = child.genes[3 * node + 1], child.genes[3 * node + 2]
            if problem.arities[child.genes[3 * node]] == 1:
                second = first
            child.program[5 * count] = node
            child.program[5 * count + 1] = child.genes[3 * node]
            child.program[5 * count + 2] = BLOCK * _slot(problem, parent, child, first)
            child.program[5 * count + 3] = BLOCK * _slot(problem, parent, child, second)
            own = problem.inputs + node
            child.program[5 * count + 4] = BLOCK * _slot(problem, parent, child, own)
            count += 1
    return count


@njit(nogil=True, cache=True)
def _slot(problem: Problem, parent: Parent, child: Child, address: int) -> int:
    """Return where the child's words of an address are."""
    if address < problem.inputs:
        return address
    node = address - problem.inputs
    slot = parent.slots[node]
    return problem.inputs + 2 * node + (1 - slot if child.changed[node] else slot)


@njit(nogil=True, cache=True)
def _energy_fj(problem: Problem, parent: Parent, child: Child) -> float:
    """Add up 2 p (1 - p) transitions of every active net, as in `cost.power_uw` less glitches."""
    child.load_fj[:] = 0
    nodes = parent.valid.size
    for node in range(nodes):
        if child.active[problem.inputs + node]:
            function = child.genes[3 * node]
            for pin in range(problem.arities[function]):
                child.load_fj[child.genes[3 * node + 1 + pin]] += problem.pin_fj[function]
    pairs = 64.0 * (parent.wires.size // (problem.inputs + 2 * nodes))
    energy_fj = 0.0
    for node in range(nodes):
        if child.active[problem.inputs + node]:
            ones = child.ones[node] if child.changed[node] else parent.ones[node]
            p = ones / pairs
            own_fj = problem.internal_fj[child.genes[3 * node]]
            energy_fj += 2 * p * (1 - p) * (own_fj + child.load_fj[problem.inputs + node])
    return energy_fj
