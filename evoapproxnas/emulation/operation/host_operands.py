"""A layer's operands computed in NumPy: the same bits as `quantization`, in a tenth of the time.

Eager TensorFlow takes some 5 ms to prepare a small layer, the emulation itself less than one. That
counts where a network is given one multiplier after another. Definitions stand in `quantization`
and `convolution`, and a test compares every bit.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from evoapproxnas.emulation.calibration.input_statistics import InputStatistics
from evoapproxnas.emulation.kernels import Operands
from evoapproxnas.emulation.operation.control_variate import control_variate
from evoapproxnas.emulation.operation.convolution_types import Emulation
from evoapproxnas.emulation.operation.expected_errors import expected_errors
from evoapproxnas.emulation.operation.quantization import QuantizedWeights, code_limits

Array = npt.NDArray[Any]


class HostSource(NamedTuple):
    """The coding of a layer's input; see `ActivationCoding` and `Source`.

    Attributes:
        scale: float32 scalar.
        zero_point: int32 scalar.
        histogram: float32 (256,).
    """

    scale: Array
    zero_point: Array
    histogram: Array


def host_source(
    statistics: InputStatistics, low: float, high: float, *, signed: bool, bits: int
) -> HostSource:
    """Return the coding of activations in [low, high]; see `RangedInput.set_statistics`."""
    bottom, top = code_limits(signed=signed, bits=bits)
    least, most = np.minimum(np.float32(low), 0), np.maximum(np.float32(high), 0)
    if signed:
        scale, zero_point = _step(np.maximum(-least, most), top), np.int32(0)
    else:
        scale = _step(most - least, top)
        zero_point = np.clip(np.round(-least / scale), 0, top).astype(np.int32)
    values = np.round(statistics.values * (np.float32(1) / scale)) + np.float32(zero_point)
    values = np.minimum(np.where(values >= bottom, values, np.float32(bottom)), np.float32(top))
    histogram = np.bincount(values.astype(np.int32) & 255, statistics.weights, 256)
    histogram[int(zero_point) & 255] += statistics.padding
    return HostSource(
        np.asarray(scale, np.float32),
        np.asarray(zero_point, np.int32),
        (histogram / histogram.sum()).astype(np.float32),
    )


def host_weights(
    kernel: npt.NDArray[np.float32], *, scheme: str, signed: bool, per_channel: bool, bits: int
) -> QuantizedWeights:
    """Return quantized weights as arrays; see `quantize_weights`."""
    axes = (0, 1, 2) if per_channel else None
    bottom, top = (np.float32(limit) for limit in code_limits(signed=signed, bits=bits))
    channels = kernel.shape[-1:]
    if scheme == "affine":
        low, high = np.minimum(kernel.min(axis=axes), 0), np.maximum(kernel.max(axis=axes), 0)
        scale = _step(high - low, 2**bits - 1)
        zero = np.clip(np.round(-low / scale) + bottom, bottom, top)
        codes = _patterns(np.clip(np.round(kernel / scale) + zero, bottom, top))
        signs = np.ones(kernel.shape, np.int8)
    else:
        scale = _step(np.abs(kernel).max(axis=axes), int(top))
        zero = np.zeros_like(scale)
        rounded = np.clip(np.round(kernel / scale), -top, top)
        symmetric = scheme == "symmetric"
        codes = _patterns(rounded if symmetric else np.abs(rounded))
        signs = np.ones(kernel.shape, np.int8) if symmetric else np.sign(rounded).astype(np.int8)
    return QuantizedWeights(
        codes,
        signs,
        np.broadcast_to(scale, channels).astype(np.float32),
        np.broadcast_to(zero, channels).astype(np.int32),
        fed=codes,
    )


def host_operands(
    weights: QuantizedWeights, bias: npt.NDArray[np.float32], source: HostSource, how: Emulation
) -> Operands:
    """Return what a kernel is given besides the input; see `convolution`."""
    signed = how.multiplier.signed
    scale = source.scale * weights.scale
    window_factor = weights.zero_point
    if how.error_correction:
        errors = expected_errors(weights, how.table, source.histogram)
        bias = bias - scale * errors.numpy()
    if how.control_variate:
        variate = control_variate(weights, how.table, source.histogram)
        window_factor = window_factor + variate.slope.numpy()
        bias = bias + scale * variate.mean.numpy()
    values = weights.codes.astype(np.int32)
    values = np.where(values > 127, values - 256, values) if signed else values
    centred = weights.signs.astype(np.int32) * values - weights.zero_point
    offset = -source.zero_point * centred.sum(axis=(0, 1, 2), dtype=np.int32)
    return Operands(
        weights.fed, weights.signs, window_factor, source.scale, source.zero_point,
        offset, scale, bias,
    )  # fmt: skip


def host_limits(source: HostSource, *, signed: bool, bits: int) -> tuple[Array, Array]:
    """Return the real values of the smallest and the largest code; see `real_limits`."""
    low, high = (
        np.float32(code - source.zero_point) * source.scale
        for code in code_limits(signed=signed, bits=bits)
    )
    return low, high


def _step(span: Any, steps: int) -> Any:
    step = span * np.float32(1 / steps)
    return np.where(span > 0, step, np.float32(1)).astype(np.float32)


def _patterns(values: Array) -> npt.NDArray[np.uint8]:
    return (values.astype(np.int32) & 255).astype(np.uint8)
