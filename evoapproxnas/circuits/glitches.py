"""Transitions of every net when the operands change, glitches included.

A change of the operands reaches the two inputs of a deep gate at different times, and the gate
may switch several times before it settles. Simulating with gate delays counts this: the waveform
of a net is its value at every tick, for 64 operand changes in a word.
"""

import numpy as np
import numpy.typing as npt

from evoapproxnas.circuits.cells import cells_45nm
from evoapproxnas.circuits.gates import GATES, Words
from evoapproxnas.circuits.netlist import Netlist

_WORDS = 64
_TICK_NS = 0.02
_SEED = 45


def glitch_activity(netlist: Netlist) -> npt.NDArray[np.float64]:
    """Estimate the transitions per operation that are not a change of the settled value.

    4,096 random changes of uniform operands, the same ones in every call; transport delays of
    whole ticks of 20 ps.

    Returns:
        Mean number of surplus transitions of every net, shape (netlist.net_count,).
    """
    delays = {
        kind: max(1, round(cell.delay_ns / _TICK_NS)) for kind, cell in cells_45nm().cells.items()
    }
    surplus = np.zeros(netlist.net_count)
    waves = _input_waves(netlist.inputs)
    for cell, outputs in netlist.driven_cells():
        inputs = _same_length([waves[net] for net in cell.inputs])
        values = GATES[cell.kind].evaluate(*inputs)
        for net, value in zip(outputs, values, strict=True):
            wave = _delayed(value, delays[cell.kind])
            waves.append(wave)
            switched = int(np.bitwise_count(wave[1:] ^ wave[:-1]).sum())
            settled = int(np.bitwise_count(wave[0] ^ wave[-1]).sum())
            surplus[net] = (switched - settled) / (64 * _WORDS)
    return surplus


def _input_waves(inputs: int) -> list[Words]:
    """Return the waveforms of the constants and of the inputs, which change at tick 0."""
    # random_raw is the one stream of numbers that NumPy promises to keep.
    random = np.random.PCG64(_SEED).random_raw(inputs * 2 * _WORDS)
    constants = [np.zeros((1, _WORDS), np.uint64), ~np.zeros((1, _WORDS), np.uint64)]
    return [*constants, *random.reshape(inputs, 2, _WORDS)]


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
