"""From real activations to codes, on the host."""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from evoapproxnas.emulation.kernels.host.compiling import inner
from evoapproxnas.emulation.kernels.host.lanes import LANES, array_data, broadcast
from evoapproxnas.emulation.kernels.protocol import Operands

Quantizer = tuple[np.float32, np.float32, np.float32, np.float32]
"""1 / scale, zero point, lowest and highest code value."""

_REALS = ir.VectorType(ir.FloatType(), LANES)
_WHOLE, _CODES = (ir.VectorType(ir.IntType(bits), LANES) for bits in (32, 8))

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
        quantizer: float32 1 / scale, zero point, lowest and highest code value; not for codes.
        line: uint8, width * used from `target` on.
        target: position in `line`.
    """
    # Whole pixels in a row are one run; a part of their channels is one run for each pixel.
    runs, length = (1, width * channels) if used == channels else (width, used)
    for each in range(runs):
        begin, out = start + each * channels, target + each * length
        if length < LANES:
            _quantize_few(x, begin, length, quantizer, line, out)
            continue
        for first in range(0, length, LANES):  # the last vector may overlap the one before
            at = min(first, length - LANES)
            _quantize_lanes(x, begin + at, quantizer, line, out + at)


@inner
def _quantize_few(x: Any, begin: int, length: int, quantizer: Any, line: Any,
                  out: int) -> None:  # fmt: skip
    inverse, zero, low, high = quantizer
    for i in range(length):
        value = np.rint(x[begin + i] * inverse) + zero
        value = value if value > low else low
        value = value if value < high else high
        line[out + i] = np.uint8(np.int32(value))


@intrinsic
def _quantize_lanes(
    typing_context: Any, x: Any, start: Any, quantizer: Any, line: Any, target: Any
) -> Any:
    """Do the same for 16 values: short runs are vectors, which loops over them would not be."""
    signature = types.void(x, start, quantizer, line, target)
    read = _REALS if x.dtype == types.float32 else _CODES

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        def place(index: int, kind: Any) -> Any:
            data = array_data(context, builder, signature, arguments, index)
            return builder.bitcast(builder.gep(data, [arguments[index + 1]]), kind.as_pointer())

        values = builder.load(place(0, read), align=4 if read is _REALS else 1)
        if read is _REALS:
            limits = (builder.extract_value(arguments[2], i) for i in range(4))
            inverse, zero, low, high = (broadcast(builder, each, _REALS) for each in limits)
            rint = cgutils.get_or_insert_function(
                builder.module, ir.FunctionType(_REALS, [_REALS]), f"llvm.rint.v{LANES}f32"
            )
            values = builder.fadd(builder.call(rint, [builder.fmul(values, inverse)]), zero)
            for above, limit in ((">", low), ("<", high)):
                inside = builder.fcmp_ordered(above, values, limit)
                values = builder.select(inside, values, limit)
            values = builder.trunc(builder.fptosi(values, _WHOLE), _CODES)
        builder.store(values, place(3, _CODES), align=1)
        return context.get_dummy_value()

    return signature, generate
