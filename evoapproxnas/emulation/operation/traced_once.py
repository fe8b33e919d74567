"""What a layer prepares before its kernel runs, traced once for all layers of a graph.

Weights and ranges go through some eighty operations, for each layer the same: tracing and keeping
them layer by layer took most of the time and the memory of a graph.
"""

from collections.abc import Callable
from contextlib import nullcontext
from functools import lru_cache, partial
from typing import Any

import tensorflow as tf

from evoapproxnas.emulation.kernels import LookupTable, leaves_process
from evoapproxnas.emulation.operation import quantization as q
from evoapproxnas.emulation.operation.expected_errors import expected_errors
from evoapproxnas.private_apis import record
from evoapproxnas.quantization import WeightScheme

_Kind = tuple[int, tf.DType]
"""Rank and type of a tensor."""


def traced_once(
    function: Callable[..., Any],
    *tensors: tf.Tensor,
    apart: bool = False,
    taped: bool = False,
    **options: Any,
) -> Any:
    """Return what a function makes of tensors; graphs share one trace for tensors of all shapes.

    Eagerly, and in graphs that leave the process, the function is called as it is.

    Args:
        function: of tensors, and of what `options` says; one of a module, so that it is the same
            at each call.
        *tensors: of known ranks.
        apart: optimize it by itself. TensorFlow reorders products of what it optimizes together,
            and rounds them otherwise than eager code then.
        taped: record the call on tapes, for gradients.
        **options: hashable, by keyword.
    """
    if tf.executing_eagerly() or leaves_process():
        return function(*tensors, **options)
    kinds = tuple((tensor.shape.rank, tensor.dtype) for tensor in tensors)
    with nullcontext() if taped else record.stop_recording():
        return _trace(function, kinds, tuple(options.items()), apart)(*tensors)


@lru_cache(maxsize=64)
def _trace(
    function: Callable[..., Any],
    kinds: tuple[_Kind, ...],
    options: tuple[tuple[str, Any], ...],
    apart: bool,
) -> Any:
    signature = [tf.TensorSpec([None] * rank, dtype) for rank, dtype in kinds]
    return tf.function(
        partial(function, **dict(options)), signature, autograph=False,
        experimental_attributes={"_noinline": True} if apart else None,
    )  # fmt: skip


def weights_once(kernel: tf.Tensor, *, scheme: WeightScheme, **options: Any) -> q.QuantizedWeights:
    """Return what `quantize_weights` does, with known shapes.

    Args:
        kernel: float32 (kh, kw, channels_in / groups, channels_out).
        scheme: see `quantize_weights`.
        **options: likewise.
    """
    weights = traced_once(q.quantize_weights, kernel, scheme=scheme, **options)
    for each in (weights.codes, weights.signs):
        each.set_shape(kernel.shape)
    for each in (weights.scale, weights.zero_point):
        each.set_shape(kernel.shape[-1:])
    weights = weights._replace(fed=weights.codes)
    if scheme == "affine":
        return weights
    # Kernels do without sums of windows where zero points are known to be 0.
    return weights._replace(zero_point=tf.zeros(kernel.shape[-1:], tf.int32))


def corrected_once(
    scale: tf.Tensor, bias: tf.Tensor, factor: tf.Tensor, shift: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the scale and bias of channels whose sums an operating point corrects.

    The bias is trained, so there is a gradient to it.

    Args:
        scale: float32 (channels_out,), of the weights.
        bias: float32 (channels_out,).
        factor: float32 (channels_out,), of the sums.
        shift: float32 (channels_out,), likewise.
    """
    found: tuple[tf.Tensor, tf.Tensor] = traced_once(
        _corrected, scale, bias, factor, shift, apart=True, taped=True
    )
    for each in found:
        each.set_shape(scale.shape)
    return found


def _corrected(
    scale: tf.Tensor, bias: tf.Tensor, factor: tf.Tensor, shift: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    return scale * factor, bias * factor + shift


def errors_once(
    weights: q.QuantizedWeights, table: LookupTable, histogram: tf.Tensor
) -> tf.Tensor:
    """Return what `expected_errors` does, with a known shape."""
    tuned = () if weights.fed is weights.codes else (weights.fed,)
    errors = traced_once(_errors, histogram, weights.signs, weights.codes, *tuned, table=table)
    errors.set_shape(weights.codes.shape[-1:])
    return errors


def _errors(
    histogram: tf.Tensor, signs: tf.Tensor, codes: tf.Tensor, *tuned: tf.Tensor, table: LookupTable
) -> tf.Tensor:
    fed = tuned[0] if tuned else codes
    return expected_errors(q.QuantizedWeights(codes, signs, None, None, fed), table, histogram)


def offsets_once(
    weights: q.QuantizedWeights, activation_zero_point: tf.Tensor, *, signed: bool
) -> tf.Tensor:
    """Return what `integer_offsets` does, with a known shape."""
    used = (weights.codes, weights.signs, weights.zero_point, activation_zero_point)
    offsets = traced_once(_offsets, *used, signed=signed)
    offsets.set_shape(weights.codes.shape[-1:])
    return offsets


def _offsets(
    codes: tf.Tensor, signs: tf.Tensor, zero_point: tf.Tensor, activation_zero_point: tf.Tensor,
    *, signed: bool,
) -> tf.Tensor:  # fmt: skip
    weights = q.QuantizedWeights(codes, signs, None, zero_point, codes)
    return q.integer_offsets(weights, activation_zero_point, signed=signed)
