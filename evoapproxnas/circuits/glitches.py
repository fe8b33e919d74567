"""Transitions of every net when the operands change, glitches included.

A change of the operands reaches the two inputs of a deep gate at different times, and the gate
may switch several times before it settles. Simulating with gate delays counts this: the waveform
of a net is its value at every tick, for 64 operand changes in a word.
"""

import numpy as np

from evoapproxnas.circuits.cells import cells_45nm
from evoapproxnas.circuits.gates import GATES, Words
from evoapproxnas.circuits.netlist import Netlist
from evoapproxnas.circuits.operands import FloatArray, OperandDistribution

_WORDS = 64
TICK_NS = 0.02
_SEED = 45


def glitch_activity(
    netlist: Netlist, operands: OperandDistribution | None = None, *, words: int = _WORDS
) -> FloatArray:
    """Estimate the transitions per operation that are not a change of the settled value.

    4,096 random changes of the operands, the same ones in every call; transport delays of whole
    ticks of 20 ps.

    Args:
        netlist: any circuit, or a multiplier where `operands` is given.
        operands: how often codes occur; uniform by default.
        words: how many of the changes to use, in words of 64.

    Returns:
        Mean number of surplus transitions of every net, shape (netlist.net_count,).
    """
    delays = {kind: delay_ticks(kind) for kind in cells_45nm().cells}
    surplus = np.zeros(netlist.net_count)
    changes = operand_changes(netlist.inputs, operands)[:, :, :words]
    constants = [np.zeros((1, words), np.uint64), ~np.zeros((1, words), np.uint64)]
    waves = [*constants, *changes]
    for cell, outputs in netlist.driven_cells():
        inputs = _same_length([waves[net] for net in cell.inputs])
        values = GATES[cell.kind].evaluate(*inputs)
        for net, value in zip(outputs, values, strict=True):
            wave = _delayed(value, delays[cell.kind])
            waves.append(wave)
            switched = int(np.bitwise_count(wave[1:] ^ wave[:-1]).sum())
            settled = int(np.bitwise_count(wave[0] ^ wave[-1]).sum())
            surplus[net] = (switched - settled) / (64 * words)
    return surplus


def delay_ticks(kind: str) -> int:
    """Return the delay of a cell in ticks of 20 ps."""
    return max(1, round(cells_45nm().cells[kind].delay_ns / TICK_NS))


def operand_changes(inputs: int, operands: OperandDistribution | None = None) -> Words:
    """Return the value of every input before and after tick 0, shape (inputs, 2, 64).

    Args:
        inputs: of the circuit; 16 where `operands` is given.
        operands: how often codes occur; uniform by default.
    """
    if operands is None or operands.is_uniform:
        return _uniform_changes(inputs)
    return _drawn_changes(operands)


def _uniform_changes(inputs: int) -> Words:
    # random_raw is the one stream of numbers that NumPy promises to keep.
    random = np.random.PCG64(_SEED).random_raw(inputs * 2 * _WORDS)
    return np.asarray(random, np.uint64).reshape(inputs, 2, _WORDS)


def _drawn_changes(operands: OperandDistribution) -> Words:
    """Draw the same for the 16 inputs of a multiplier, by inverting the distributions."""
    random = np.random.PCG64(_SEED).random_raw(2 * 2 * 64 * _WORDS) / 2.0**64
    uniform = random.reshape(2, 2, 64 * _WORDS)
    codes = np.stack(
        [
            np.searchsorted(np.cumsum(probabilities)[:-1], draws, side="right")
            for probabilities, draws in zip(
                (operands.activations, operands.weights), uniform, strict=True
            )
        ]
    )
    bits = (codes[:, np.newaxis] >> np.arange(8)[:, np.newaxis, np.newaxis]) & 1
    packed = np.packbits(bits.reshape(16, 2, -1).astype(np.uint8), axis=-1, bitorder="little")
    return packed.view("<u8").astype(np.uint64, copy=False)


def _same_length(waves: list[Words]) -> list[Words]:
    """Let every waveform hold its last value as long as the longest one lasts."""
    length = max(len(wave) for wave in waves)
    return [
        np.concatenate([wave, np.repeat(wave[-1:], length - len(wave), axis=0)]) for wave in waves
    ]


def _delayed(wave: Words, ticks: int) -> Words:
    """Delay a waveform, holding the old value where the new one lasts less than the delay."""
    hold = np.repeat(wave[:1], ticks, axis=0)
    padded = np.concatenate([hold, wave, np.repeat(wave[-1:], ticks, axis=0)])
    changes = padded[1:] ^ padded[:-1]
    length = len(wave) + ticks
    unstable = np.zeros_like(padded[:length])
    for tick in range(ticks - 1):
        unstable |= changes[tick : tick + length]
    output = padded[:length].copy()
    for tick in range(1, length):
        output[tick] ^= unstable[tick] & (output[tick] ^ output[tick - 1])
    return output
