"""The arrays that the compiled search works on, built from a task."""

import math
import zlib

import numpy as np
import numpy.typing as npt

from evoapproxnas.circuits.cells import cells_45nm
from evoapproxnas.circuits.cgp_form import CARRY, FUNCTIONS, SUM
from evoapproxnas.circuits.cost import delay_ns
from evoapproxnas.circuits.glitches import TICK_NS, delay_ticks, operand_changes
from evoapproxnas.circuits.netlist import FIRST_INPUT
from evoapproxnas.multipliers.error_metrics import exact_table
from evoapproxnas.multipliers.evolution.kernels.blocks import LAYER, MRE
from evoapproxnas.multipliers.evolution.kernels.energy import Energies
from evoapproxnas.multipliers.evolution.kernels.glitches import CHANGES, Waves
from evoapproxnas.multipliers.evolution.kernels.layer_error import layer_error
from evoapproxnas.multipliers.evolution.kernels.search import Child, Parent, Problem
from evoapproxnas.multipliers.evolution.kernels.vector_words import BLOCK
from evoapproxnas.multipliers.evolution.layer_error import (
    NOISE_SHARE,
    activation_strata,
    weight_strata,
)
from evoapproxnas.multipliers.evolution.task import METRICS, EvolutionTask

_PAIRS = 65536
_BLOCKS = _PAIRS // 64 // BLOCK
_TICKS = 64
_LONGER = 1.3
_NEVER = 1_000_000
"""First change of a constant."""
_SHARE_STEPS = 2**20
"""Of the shares of blocks, which are whole numbers."""

Words = npt.NDArray[np.uint64]
IntArray = npt.NDArray[np.int64]


def problem_of(task: EvolutionTask, scale: float) -> Problem:
    """Translate a task.

    Args:
        task: what to do.
        scale: share of the bound to use.
    """
    kind = METRICS.index(task.metric)
    exact = exact_table(signed=task.signed)[_pairs(task)].astype(np.int64)
    nonzero = exact != 0
    strata = [
        choose(task.distribution, signed=task.signed)
        for choose in (activation_strata, weight_strata)
    ]
    of_activations, of_weights = (stratum.shares for stratum in strata)
    shares = np.multiply.outer(of_weights, of_activations).ravel()
    weights = np.divide(1.0, np.abs(exact), out=np.zeros(_PAIRS), where=nonzero)
    planes = [(exact >> bit) & 1 for bit in range(16)]
    # The unit of a limit: what one percent, or a mean squared error of 1, sums up to.
    per_unit = (
        _PAIRS * 655.36,
        _PAIRS / 100,
        655.36,
        _PAIRS,
        max(int(np.count_nonzero(nonzero)), 1) / 100,
        1.0,
    )
    return Problem(
        choices=task.genotype.grid.base_choices,
        arities=task.genotype.grid.arities,
        energies=_energies(task.genotype.grid.arities),
        exact=_aligned(_blocks(np.stack(planes))),
        weights=weights if kind == MRE else np.empty(0),
        limit=np.array([task.bound * scale * per_unit[kind] * (1 + 1e-9)]),
        kind=kind,
        layer=layer_error(of_activations, of_weights, NOISE_SHARE),
        shares=(
            np.rint(_SHARE_STEPS * shares).astype(np.int64)
            if kind == LAYER
            else np.ones(_BLOCKS, np.int64)
        ),
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
    bits = [code >> bit & 1 for code in _pairs(task) for bit in range(8)]
    words[:, 2 : grid.inputs] = _blocks(np.stack(bits)).reshape(_BLOCKS, 16, BLOCK)
    waves = _waves(task)
    seed = np.random.SeedSequence((task.seed, zlib.crc32(b"circuit evolution")))
    return Parent(
        genes=np.array(genes, np.int64),
        valid=np.zeros(grid.node_count, np.bool_),
        ones=np.zeros(grid.node_count, np.int64),
        wires=_aligned(np.append(words, np.zeros(grid.node_count * BLOCK, np.uint64))),
        waves=waves,
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
        net_fj=np.zeros(grid.inputs + grid.node_count),
        partner=np.zeros(grid.node_count, np.int64),
        waves=_waves(task),
        raw=np.zeros((_ticks(task), CHANGES), np.uint64),
        program=np.zeros(9 * grid.node_count, np.int64),
        positions=np.zeros(grid.outputs, np.int64),
        strides=np.zeros(grid.outputs, np.int64),
    )


def _energies(arities: npt.NDArray[np.int64]) -> Energies:
    """Return what nodes cost; a sum or carry alone is made of gates of two inputs."""
    cells = cells_45nm()
    half_v2 = cells.supply_v**2 / 2
    drivers = [*FUNCTIONS[:SUM], "xor2", "or2", "full_adder"]
    pins_ff = [cells.cells[kind].pin_ff + cells.wire_ff_per_pin for kind in drivers]
    xor_fj = cells.cells["xor2"].internal_fj + pins_ff[SUM] * half_v2
    gates_fj = cells.cells["or2"].internal_fj + pins_ff[CARRY] * half_v2
    pins_ff[CARRY] *= 5 / 3  # five pins of gates for three
    # Transitions of a random XOR; of two gates of random operands and of the AND behind them.
    inner_fj = {SUM: 0.5 * xor_fj, CARRY: (2 * 0.375 + 0.47) * gates_fj}
    return Energies(
        arities=np.append(arities, 3),
        internal_fj=np.array([cells.cells[kind].internal_fj for kind in drivers]),
        pin_fj=np.array(pins_ff) * half_v2,
        inner_fj=np.array([inner_fj.get(function, 0.0) for function in range(len(drivers))]),
        delays=np.array(
            [*map(delay_ticks, FUNCTIONS[:SUM]), *[delay_ticks("full_adder")] * 3], np.int64
        ),
    )


def _ticks(task: EvolutionTask) -> int:
    """Return for how long circuits may switch, in ticks: longer than the start does."""
    return max(_TICKS, math.ceil(_LONGER * delay_ns(task.start) / TICK_NS))


def _waves(task: EvolutionTask) -> Waves:
    """Return waveforms of the inputs, and memory for those of the nodes."""
    grid = task.genotype.grid
    nets = grid.inputs + grid.node_count
    waves = Waves(
        words=np.zeros((nets, _ticks(task), CHANGES), np.uint64),
        first=np.zeros(nets, np.int64),
        last=np.ones(nets, np.int64),
        surplus=np.zeros(nets),
    )
    waves.first[:2], waves.last[:2] = _NEVER, -1
    waves.words[1, 0] = ~np.uint64(0)
    changes = operand_changes(grid.inputs - FIRST_INPUT, task.operands)
    waves.words[FIRST_INPUT : grid.inputs, :2] = changes[:, :, :CHANGES]
    return waves


def _pairs(task: EvolutionTask) -> tuple[IntArray, IntArray]:
    """Return the activation and weight codes of all pairs that are simulated, in their order."""
    if METRICS.index(task.metric) == LAYER:
        activations = activation_strata(task.distribution, signed=task.signed).codes
        weights = weight_strata(task.distribution, signed=task.signed).codes
        pairs = np.broadcast_arrays(
            activations[np.newaxis, :, np.newaxis, :], weights[:, np.newaxis, :, np.newaxis]
        )
        return pairs[0].ravel(), pairs[1].ravel()
    pairs = np.broadcast_arrays(*np.ix_(*task.operand_codes()))
    return _reordered(pairs[0]), _reordered(pairs[1])


def _reordered(pairs: IntArray) -> IntArray:
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
