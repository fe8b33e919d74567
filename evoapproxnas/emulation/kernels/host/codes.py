"""From real activations to codes, on the host."""

from typing import Any

import numpy as np

from evoapproxnas.emulation.kernels.host.compiling import inner
from evoapproxnas.emulation.kernels.protocol import Operands

Quantizer = tuple[np.float32, np.float32, np.float32, np.float32]
"""1 / scale, zero point, lowest and highest code value."""

OF_CODES: Quantizer = (np.float32(1), np.float32(0), np.float32(0), np.float32(255))
"""Leaves bit patterns as they are."""


def quantizer_of(operands: Operands, *, signed: bool) -> Quantizer:
    """Return the quantizer of a layer's input."""
    low, high = (-128, 127) if signed else (0, 255)
    inverse = np.float32(1) / np.float32(operands.input_scale)
    zero = np.float32(operands.input_zero_point)
    return inverse, zero, np.float32(low), np.float32(high)


@inner
def quantize(x: Any, start: int, width: int, channels: int, used: int, quantizer: Any,
             line: Any, target: int) -> None:  # fmt: skip
    """Write the codes of a row of pixels to line[target:]; NaN becomes the lowest.

    Args:
        x: float32, or codes, flat.
        start: of the first pixel's first channel that is wanted, in `x`.
        width: pixels.
        channels: of a pixel in `x`.
        used: neighbouring channels that are wanted.
        quantizer: float32 1 / scale, zero point, lowest and highest code value.
        line: uint8, width * used from `target` on.
        target: position in `line`.
    """
    # Whole pixels in a row are one run; a part of their channels is one run for each pixel.
    runs, length = (1, width * channels) if used == channels else (width, used)
    inverse, zero, low, high = quantizer
    for each in range(runs):
        begin, out = np.uint64(start + each * channels), np.uint64(target + each * length)
        for i in range(length):
            value = np.rint(x[begin + np.uint64(i)] * inverse) + zero
            value = value if value >= low else low
            value = value if value <= high else high
            line[out + np.uint64(i)] = np.uint8(np.int32(value))
