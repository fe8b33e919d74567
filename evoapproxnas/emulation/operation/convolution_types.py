"""What the forward and the backward pass of an emulated convolution are given."""

from dataclasses import dataclass
from typing import NamedTuple

import tensorflow as tf

from evoapproxnas.emulation.kernels import LookupTable
from evoapproxnas.emulation.operation import quantization as q
from evoapproxnas.emulation.operation.accumulator import largest_safe_terms
from evoapproxnas.emulation.operation.exported import evaluated
from evoapproxnas.multipliers import Multiplier
from evoapproxnas.quantization import Gradient, WeightScheme


@dataclass(frozen=True)
class Emulation:
    """How a layer's products are computed; the options of `EmulatedLayer` of the same names."""

    multiplier: Multiplier
    weight_scheme: WeightScheme
    error_correction: bool
    control_variate: bool
    per_channel: bool
    activation_bits: int
    weight_bits: int
    gradient: Gradient
    kernel: str

    @property
    def table(self) -> LookupTable:
        """The products, as kernels take them."""
        return LookupTable(self.multiplier.table, self.multiplier.signed, self.multiplier.digest)

    @property
    def largest_safe_terms(self) -> int:
        """How many products an int32 accumulator is certain to hold, see `accumulator`."""
        return largest_safe_terms(
            self.multiplier.table, self.weight_scheme, control_variate=self.control_variate
        )


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
        names = ("codes", "signs", "fed")
        with evaluated(self.kernel, *self.weights):
            chosen = {name: getattr(self.weights, name)[rows, columns] for name in names}
            kernel = self.kernel[rows, columns]
        return Filters(kernel, self.weights._replace(**chosen), self.bias)
