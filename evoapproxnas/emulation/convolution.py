"""The quantized convolution behind every layer: forward from the table, backward smooth."""

from typing import Any

import tensorflow as tf

from evoapproxnas.emulation import quantization as q
from evoapproxnas.emulation.backward import operand_gradients
from evoapproxnas.emulation.convolution_types import Emulation, Filters, Source
from evoapproxnas.emulation.kernels import Geometry, LookupTable, Operands, choose_kernel


def emulated_convolution(
    x: tf.Tensor, filters: Filters, source: Source, *, how: Emulation, geometry: Geometry
) -> tf.Tensor:
    """Convolve as the hardware does, with the gradient that `how` asks for.

    Args:
        x: float32 (images, rows, columns, channels_in).
        filters: the weights; gradients go to `kernel` and `bias`.
        source: coding and histogram of `x`.
        how: multiplier and options.
        geometry: strides, dilation, padding, groups.

    Returns:
        float32 (images, rows, columns, channels_out).
    """
    signed = how.multiplier.signed
    weights, coding = filters.weights, source.coding

    @tf.custom_gradient  # type: ignore[untyped-decorator, unused-ignore]
    def emulated(x: tf.Tensor, kernel: tf.Tensor, bias: tf.Tensor) -> tuple[Any, Any]:
        def gradient(upstream: tf.Tensor) -> list[tf.Tensor]:
            to_x, to_kernel = operand_gradients(x, upstream, weights, source, how, geometry)
            low, high = q.real_limits(coding, signed=signed, bits=how.activation_bits)
            to_x = tf.where((x >= low) & (x <= high), to_x, 0.0)
            return [to_x, to_kernel, tf.reduce_sum(upstream, axis=(0, 1, 2))]

        return _forward(x, bias, weights, source, how, geometry), gradient

    return emulated(x, filters.kernel, filters.bias)


def _forward(
    x: tf.Tensor,
    bias: tf.Tensor,
    weights: q.QuantizedWeights,
    source: Source,
    how: Emulation,
    geometry: Geometry,
) -> tf.Tensor:
    multiplier, coding = how.multiplier, source.coding
    signed = multiplier.signed
    scale = coding.scale * weights.scale
    if how.error_correction:
        errors = q.expected_errors(weights, multiplier.table, source.histogram, signed=signed)
        bias = bias - scale * errors
    operands = Operands(
        weights.fed, weights.signs, weights.zero_point, coding.scale, coding.zero_point,
        q.integer_offsets(weights, coding.zero_point, signed=signed), scale, bias,
    )  # fmt: skip
    if how.activation_bits < 8:
        # Kernels clip to 8-bit codes; these limits are codes, so the rounding cannot leave them.
        low, high = q.real_limits(coding, signed=signed, bits=how.activation_bits)
        x = tf.minimum(tf.where(x >= low, x, low), high)
    return _run_kernel(how.kernel, x, operands, how.table, geometry)


def _run_kernel(
    name: str, x: tf.Tensor, operands: Operands, table: LookupTable, geometry: Geometry
) -> tf.Tensor:
    """Run a kernel in the graph; one that works on NumPy arrays is called back from it."""
    weight_shape = tuple(operands.weight_codes.shape)
    kernel = choose_kernel(name, table=table, weight_shape=weight_shape, geometry=geometry)
    if kernel.in_graph:
        return kernel.convolve(x, operands, table=table, geometry=geometry)

    def on_host(x: Any, *arrays: Any) -> Any:
        return kernel.convolve(x, Operands(*arrays), table=table, geometry=geometry)

    y = tf.numpy_function(on_host, [x, *operands], tf.float32, stateful=False)
    rows, columns, _, outputs = operands.weight_codes.shape
    size: tuple[int | None, ...] = (None, None)
    if None not in x.shape[1:3]:
        size = geometry.output_size((x.shape[1], x.shape[2]), (rows, columns))
    y.set_shape((x.shape[0], *size, outputs))
    return y
