"""The quantized convolution behind every layer: forward from the table, backward exact."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import keras
import tensorflow as tf

from evoapproxnas.emulation import quantization as q
from evoapproxnas.emulation.kernels import Geometry, LookupTable, Operands, choose_kernel
from evoapproxnas.multipliers import Multiplier


@dataclass(frozen=True)
class Emulation:
    """How a layer's products are computed; the options of `EmulatedLayer` of the same names."""

    multiplier: Multiplier
    weight_scheme: q.WeightScheme
    error_correction: bool
    per_channel: bool
    activation_bits: int
    weight_bits: int
    kernel: str


class Source(NamedTuple):
    """What is known of a layer's input.

    Attributes:
        coding: how activations map to codes.
        histogram: float32 (256,), how often each bit pattern meets the multiplier, or zeros.
    """

    coding: q.ActivationCoding
    histogram: tf.Tensor


class Filters(NamedTuple):
    """The weights of a convolution, before and after quantization.

    Attributes:
        kernel: float32 (kh, kw, channels_in / groups, channels_out).
        weights: the same, quantized.
        bias: float32 (channels_out,).
    """

    kernel: tf.Tensor
    weights: q.QuantizedWeights
    bias: tf.Tensor

    def taps(self, rows: slice, columns: slice) -> "Filters":
        """Return the filters that consist of some of the taps, in the order of the slices."""
        weights = self.weights._replace(
            codes=self.weights.codes[rows, columns], signs=self.weights.signs[rows, columns]
        )
        return Filters(self.kernel[rows, columns], weights, self.bias)


def emulated_convolution(
    x: tf.Tensor, filters: Filters, source: Source, *, how: Emulation, geometry: Geometry
) -> tf.Tensor:
    """Convolve as the hardware does, with the straight-through gradient.

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
            fake_x = q.fake_quantize(x, coding, signed=signed, bits=how.activation_bits)
            fake_kernel = q.dequantize_weights(weights, signed=signed)
            to_x, to_kernel = convolution_gradients(fake_x, fake_kernel, upstream, geometry)
            low, high = q.real_limits(coding, signed=signed, bits=how.activation_bits)
            to_x = tf.where((x >= low) & (x <= high), to_x, 0.0)
            return [to_x, to_kernel, tf.reduce_sum(upstream, axis=(0, 1, 2))]

        return _forward(x, bias, weights, source, how, geometry), gradient

    return emulated(x, filters.kernel, filters.bias)


def exact_convolution(x: tf.Tensor, kernel: tf.Tensor, geometry: Geometry) -> tf.Tensor:
    """Return the exact convolution, padded with real zeros; the kernel as in `Filters`."""
    rows, columns, channels, outputs = kernel.shape
    options = {
        "strides": geometry.strides,
        "padding": geometry.padding,
        "dilation_rate": geometry.dilation,
        "data_format": "channels_last",
    }
    if channels == 1 and geometry.groups > 1:
        per_channel = tf.reshape(kernel, (rows, columns, geometry.groups, -1))
        return keras.ops.depthwise_conv(x, per_channel, **options)
    return keras.ops.conv(x, kernel, **options)


def convolution_gradients(
    x: tf.Tensor, kernel: tf.Tensor, upstream: tf.Tensor, geometry: Geometry
) -> tuple[tf.Tensor, tf.Tensor]:
    """Return the gradients of the exact convolution to `x` and `kernel`."""
    with tf.GradientTape() as tape:
        tape.watch([x, kernel])
        y = exact_convolution(x, kernel, geometry)
    to_x, to_kernel = tape.gradient(y, [x, kernel], upstream)
    return to_x, to_kernel


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
        weights.codes, weights.signs, weights.zero_point, coding.scale, coding.zero_point,
        q.integer_offsets(weights, coding.zero_point, signed=signed), scale, bias,
    )  # fmt: skip
    table = LookupTable(multiplier.table, signed, multiplier.digest)
    if how.activation_bits < 8:
        # Kernels clip to 8-bit codes; these limits are codes, so the rounding cannot leave them.
        low, high = q.real_limits(coding, signed=signed, bits=how.activation_bits)
        x = tf.minimum(tf.where(x >= low, x, low), high)
    return _run_kernel(how.kernel, x, operands, table, geometry)


def _run_kernel(
    name: str, x: tf.Tensor, operands: Operands, table: LookupTable, geometry: Geometry
) -> tf.Tensor:
    """Run a kernel in the graph; one that works on NumPy arrays is called back from it."""
    kernel = choose_kernel(name)
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
