"""The arrays that the compiled search works on, built from a task."""

import zlib

import numpy as np
import numpy.typing as npt

from evoapproxnas.circuits.cells import cells_45nm
from evoapproxnas.circuits.cgp_form import FUNCTIONS
from evoapproxnas.circuits.compiled import MRE
from evoapproxnas.circuits.search_kernel import Child, Parent, Problem
from evoapproxnas.circuits.vector_words import BLOCK
from evoapproxnas.multipliers.error_metrics import exact_table
from evoapproxnas.multipliers.evolution.task import METRICS, EvolutionTask

_PAIRS = 65536
_BLOCKS = _PAIRS // 64 // BLOCK

Words = npt.NDArray[np.uint64]


def problem_of(task: EvolutionTask, scale: float) -> Problem:
    """Translate a task.

    Args:
        task: what to do.
        scale: share of the bound to use.
    """
    library = cells_45nm()
    half_v2 = library.supply_v**2 / 2
    cells = [library.cells[kind] for kind in FUNCTIONS]
    exact = _pairs(exact_table(signed=task.signed), task)
    nonzero = exact != 0
    kind = METRICS.index(task.metric)
    weights = np.divide(1.0, np.abs(exact), out=np.zeros(_PAIRS), where=nonzero)
    planes = [(exact >> bit) & 1 for bit in range(16)]
    # The unit of a limit: what one percent, or a mean squared error of 1, sums up to.
    per_unit = (
        _PAIRS * 655.36,
        _PAIRS / 100,
        655.36,
        _PAIRS,
        max(int(np.count_nonzero(nonzero)), 1) / 100,
    )
    return Problem(
        choices=task.genotype.grid.base_choices,
        arities=task.genotype.grid.arities,
        internal_fj=np.array([cell.internal_fj for cell in cells]),
        pin_fj=np.array([(cell.pin_ff + library.wire_ff_per_pin) * half_v2 for cell in cells]),
        exact=_aligned(_blocks(np.stack(planes))),
        weights=weights if kind == MRE else np.empty(0),
        limit=np.array([task.bound * scale * per_unit[kind] * (1 + 1e-9)]),
        kind=kind,
        signed=task.signed,
        blocks=_BLOCKS,
        inputs=task.genotype.grid.inputs,
        outputs=task.genotype.grid.outputs,
        mutations=task.mutations,
        children=task.children,
    )


def parent_of(task: EvolutionTask, genes: npt.NDArray[np.int64]) -> Parent:
    """Return a parent that has not been evaluated yet."""
    grid = task.genotype.grid
    words = np.zeros((_BLOCKS, grid.inputs + grid.node_count, BLOCK), np.uint64)
    words[:, 1] = ~np.uint64(0)
    codes = np.broadcast_arrays(*np.ix_(*task.operand_codes()))
    bits = [_reordered(code.ravel() >> bit & 1) for code in codes for bit in range(8)]
    words[:, 2 : grid.inputs] = _blocks(np.stack(bits)).reshape(_BLOCKS, 16, BLOCK)
    seed = np.random.SeedSequence((task.seed, zlib.crc32(b"circuit evolution")))
    return Parent(
        genes=np.array(genes, np.int64),
        valid=np.zeros(grid.node_count, np.bool_),
        ones=np.zeros(grid.node_count, np.int64),
        wires=_aligned(np.append(words, np.zeros(grid.node_count * BLOCK, np.uint64))),
        energy_fj=np.array([np.inf]),
        random=seed.generate_state(1, np.uint64).astype(np.uint64),
        counters=np.zeros(3, np.int64),
    )


def child_of(task: EvolutionTask) -> Child:
    """Return scratch memory."""
    grid = task.genotype.grid
    return Child(
        genes=np.array(task.genotype.genes),
        best=np.array(task.genotype.genes),
        changed=np.zeros(grid.node_count, np.bool_),
        active=np.zeros(grid.inputs + grid.node_count, np.bool_),
        ones=np.zeros(grid.node_count, np.int64),
        load_fj=np.zeros(grid.inputs + grid.node_count),
        program=np.zeros(7 * grid.node_count, np.int64),
        positions=np.zeros(grid.outputs, np.int64),
        strides=np.zeros(grid.outputs, np.int64),
    )


def _pairs(table: npt.NDArray[np.int32], task: EvolutionTask) -> npt.NDArray[np.int64]:
    """Read a table for all pairs of the operands that are simulated, in their order."""
    return _reordered(table[np.ix_(*task.operand_codes())].ravel().astype(np.int64))


def _reordered(pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Put every 16th activation into one block, so that each block sees all sizes of operands."""
    return pairs.reshape(256 // _BLOCKS, _BLOCKS, 256).swapaxes(0, 1).ravel()


def _blocks(bits: npt.NDArray[np.int64]) -> Words:
    """Pack bits, shape (n, 65536), into words ordered by block, bit and word; flat."""
    octets = np.packbits(bits.astype(np.uint8), axis=1, bitorder="little")
    words = octets.view("<u8").astype(np.uint64)
    return np.ascontiguousarray(words.reshape(len(bits), _BLOCKS, BLOCK).swapaxes(0, 1)).ravel()


def _aligned(words: Words) -> Words:
    """Copy flat words to an address that is a multiple of 64 bytes, the size of a vector."""
    memory = np.empty(words.size + 7, np.uint64)
    start = -memory.ctypes.data // 8 % 8
    aligned = memory[start : start + words.size]
    aligned[:] = words
    return aligned
