"""Gates and errors of one block of operand pairs, compiled by Numba; imported by its own name.

Answers to the reference `simulate` and `error_figures` in the tests.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import types
from numba.extending import intrinsic

from evoapproxnas.circuits.cgp_form import CARRY, SUM
from evoapproxnas.circuits.gates import Words
from evoapproxnas.multipliers.evolution.kernels.compiling import compiled
from evoapproxnas.multipliers.evolution.kernels.vector_words import (
    BLOCK,
    absolute_error_sum,
    and_block,
    carry_block,
    or_block,
    sum_block,
    xor_block,
)

MAE, EP, WCE, MSE, MRE, LAYER = range(6)
"""Kinds of error; all but WCE, the maximum, are sums over blocks. LAYER has its own kernel."""

_PLANES = 17
SIGN = _PLANES
"""Place of the sign among the bit planes of errors."""

_ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


@intrinsic
def ones(typing_context: Any, word: Any) -> Any:
    """Count the ones of a 64-bit word: one instruction, which vectorizes."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return types.uint64(types.uint64), generate


@compiled
def gate_block(
    function: int, wires: Words, first: int, second: int, third: int, target: int
) -> int:
    """Compute one block of one gate; return the number of ones.

    Args:
        function: index into `cgp_form.FUNCTIONS`.
        wires: words of all nets, flat.
        first: position of the first operand.
        second: position of the second operand.
        third: position of the third operand; like the second, not read where there is none.
        target: position to write.
    """
    if function == SUM:
        return sum_block(wires, first, second, third, target)
    if function == CARRY:
        return carry_block(wires, first, second, third, target)
    if function == 0:
        return and_block(wires, first, first, target, _ALL)
    flip = _ALL if function > 3 else np.uint64(0)
    logic = function - 3 if function > 3 else function
    if logic == 1:
        return and_block(wires, first, second, target, flip)
    if logic == 2:
        return or_block(wires, first, second, target, flip)
    return xor_block(wires, first, second, target, flip)


@compiled
def block_error(
    kind: int,
    wires: Words,
    outputs: npt.NDArray[np.int64],
    exact: Words,
    start: int,
    signed: bool,
    weights: npt.NDArray[np.float64],
) -> float:
    """Measure the error e = product - exact of one block.

    Args:
        kind: `MAE`: sum of |e|, `EP`: number of e != 0, `WCE`: largest |e|, `MSE`: sum of e^2,
            `MRE`: sum of weight * |e|.
        wires: words of all nets, flat.
        outputs: positions of the 16 product bits in `wires`, least significant first.
        exact: words of the exact products, flat; 16 * BLOCK words to a block.
        start: position of the block in `exact`.
        signed: whether products are two's complement.
        weights: of every operand pair, flat, for `MRE`; else empty.
    """
    if kind == MAE:
        sign = _ALL if signed else np.uint64(0)
        return np.float64(absolute_error_sum(wires, outputs, exact, start, sign))
    error = np.empty((SIGN + 1, BLOCK), np.uint64)
    used = subtract(wires, outputs, exact, start, signed, error)
    if kind == EP:
        return _wrong(error)
    if kind == WCE:
        return _largest(error)
    if kind == MSE:
        return squares(error, used)
    return _weighted(error, weights[start * 4 : (start + 16 * BLOCK) * 4])


@compiled
def subtract(
    wires: Words,
    outputs: npt.NDArray[np.int64],
    exact: Words,
    start: int,
    signed: bool,
    error: Words,
) -> int:
    """Write the bit planes of |product - exact| and the sign, shape (18, BLOCK).

    Returns:
        How many planes of the size there are up to the highest one that is not empty.
    """
    for k in range(BLOCK):
        borrow, x, y = np.uint64(0), np.uint64(0), np.uint64(0)
        for bit in range(16):
            x, y = wires[outputs[bit] + k], exact[start + bit * BLOCK + k]
            half = x ^ y
            error[bit, k] = half ^ borrow
            borrow = (~x & y) | (~half & borrow)
        sign = (x ^ y) ^ borrow if signed else borrow
        carry = sign
        for bit in range(16):
            word = error[bit, k] ^ sign
            error[bit, k] = word ^ carry
            carry &= word
        error[16, k] = carry
        error[SIGN, k] = sign
    used = _PLANES
    while used > 0:
        found = np.uint64(0)
        for k in range(BLOCK):
            found |= error[used - 1, k]
        if found:
            break
        used -= 1
    return used


@compiled
def _wrong(error: Words) -> float:
    count = np.uint64(0)
    for k in range(BLOCK):
        word = np.uint64(0)
        for bit in range(_PLANES):
            word |= error[bit, k]
        count += ones(word)
    return np.float64(count)


@compiled
def _largest(error: Words) -> float:
    candidates = np.full(BLOCK, _ALL)
    largest = 0
    for bit in range(_PLANES - 1, -1, -1):
        found = np.uint64(0)
        for k in range(BLOCK):
            found |= candidates[k] & error[bit, k]
        if found:
            largest += 1 << bit
            for k in range(BLOCK):
                candidates[k] &= error[bit, k]
    return np.float64(largest)


@compiled
def squares(error: Words, used: int) -> float:
    """Sum up the squares of errors, of which the lowest `used` planes are not empty."""
    total = 0.0
    for high in range(used):
        for low in range(high + 1):
            count = np.uint64(0)
            for k in range(BLOCK):
                count += ones(error[high, k] & error[low, k])
            total += np.float64(count) * 2.0 ** (high + low + (high != low))
    return total


@compiled
def _weighted(error: Words, weights: npt.NDArray[np.float64]) -> float:
    total = 0.0
    for k in range(BLOCK):
        for pair in range(64):
            value = np.int64(0)
            for bit in range(_PLANES):
                value |= np.int64((error[bit, k] >> np.uint64(pair)) & np.uint64(1)) << bit
            total += weights[64 * k + pair] * value
    return total
