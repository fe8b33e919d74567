"""Transitions of gates with delays, compiled by Numba; imported by its own name.

The model of `glitches`, on the nodes of a genotype and on fewer operand changes, so that a search
can ask for it. A net is held from the last tick of its old value to the first of its new one.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from evoapproxnas.cgp.grid import IntArray
from evoapproxnas.circuits.cgp_form import CARRY, SUM
from evoapproxnas.circuits.gates import Words
from evoapproxnas.multipliers.evolution.kernels.blocks import ones
from evoapproxnas.multipliers.evolution.kernels.compiling import compiled

CHANGES = 8
"""Words of operand changes, 64 in a word."""

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


class Waves(NamedTuple):
    """Waveforms of nets.

    Attributes:
        words: shape (nets, ticks, CHANGES); entry 0 is the value up to tick `first`.
        first: tick of the last old value, shape (nets,).
        last: tick of the first new value; before `first` where the net is constant.
        surplus: transitions but those of the settled value, shape (nets,).
    """

    words: Words
    first: IntArray
    last: IntArray
    surplus: npt.NDArray[np.float64]


@compiled
def wave(
    function: int,
    delay: int,
    sources: IntArray,
    own: npt.NDArray[np.bool_],
    kept: Waves,
    made: Waves,
    raw: Words,
    target: int,
) -> bool:
    """Let one gate switch: write the waveform of its output into `made`.

    Args:
        function: index into `cgp_form.FUNCTIONS`.
        delay: of the gate, in ticks, at least 1.
        sources: its operands, as nets, shape (3,).
        own: whether an operand is read from `made`, else from `kept`, shape (3,).
        kept: waveforms of the parent.
        made: waveforms of the child.
        raw: scratch memory, shape (ticks + delay, CHANGES).
        target: the net to write.

    Returns:
        Whether there is memory for so many ticks.
    """
    firsts, lasts = np.empty(3, np.int64), np.empty(3, np.int64)
    for pin in range(3):
        origin = made if own[pin] else kept
        firsts[pin], lasts[pin] = origin.first[sources[pin]], origin.last[sources[pin]]
    start, end = firsts.min(), lasts.max()
    length = max(end - start, 0) + 1
    if length > made.words.shape[1]:
        return False
    a = made.words[sources[0]] if own[0] else kept.words[sources[0]]
    b = made.words[sources[1]] if own[1] else kept.words[sources[1]]
    c = made.words[sources[2]] if own[2] else kept.words[sources[2]]
    for step in range(length):
        tick = start + step
        at_a = min(max(tick - firsts[0], 0), max(lasts[0] - firsts[0], 0))
        at_b = min(max(tick - firsts[1], 0), max(lasts[1] - firsts[1], 0))
        at_c = min(max(tick - firsts[2], 0), max(lasts[2] - firsts[2], 0))
        _gate(function, a[at_a], b[at_b], c[at_c], raw[step])
    made.first[target], made.last[target] = start + delay, end + delay
    if end < start:  # a constant
        made.first[target], made.last[target] = start, -1
    made.surplus[target] = _settle(raw, length, delay, made.words[target])
    return True


@compiled
def _gate(function: int, a: Words, b: Words, c: Words, out: Words) -> None:
    if function == SUM:
        for k in range(CHANGES):
            out[k] = a[k] ^ b[k] ^ c[k]
    elif function == CARRY:
        for k in range(CHANGES):
            out[k] = (a[k] & b[k]) | ((a[k] | b[k]) & c[k])
    else:
        _plain_gate(function, a, b, out)


@compiled
def _plain_gate(function: int, a: Words, b: Words, out: Words) -> None:
    flip = _ALL if function > 3 else np.uint64(0)
    logic = function - 3 if function > 3 else function
    for k in range(CHANGES):
        if logic == 0:
            out[k] = ~a[k]
        elif logic == 1:
            out[k] = (a[k] & b[k]) ^ flip
        elif logic == 2:
            out[k] = (a[k] | b[k]) ^ flip
        else:
            out[k] = (a[k] ^ b[k]) ^ flip


@compiled
def _settle(raw: Words, length: int, delay: int, out: Words) -> float:
    """Leave out what lasts less than the delay; return the surplus transitions.

    Source of the rule: inertial delay, as in `glitches`.
    """
    switched = np.uint64(0)
    for k in range(CHANGES):
        out[0, k] = raw[0, k]
    for step in range(length):
        before = max(step - 1, 0)
        stop = min(step + delay - 1, length - 1)
        for k in range(CHANGES):
            unstable = np.uint64(0)
            for later in range(step, stop):
                unstable |= raw[later, k] ^ raw[later + 1, k]
            old = out[before, k]
            new = old ^ (~unstable & (raw[step, k] ^ old))
            switched += ones(new ^ old)
            out[step, k] = new
    for k in range(CHANGES):
        switched -= ones(raw[length - 1, k] ^ raw[0, k])
    return np.float64(switched)
