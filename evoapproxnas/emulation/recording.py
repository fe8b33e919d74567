"""What approximate layers add up, integer by integer: the reference kernel, watched.

For whoever checks other hardware or software against the emulation: operands and sums are those
that the NumPy reference computes with, not a second model of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.emulation.kernels import Geometry, LookupTable, Operands, use_kernel
from evoapproxnas.emulation.kernels.reference import IntegerSums, ReferenceKernel, patches
from evoapproxnas.emulation.layers import EmulatedLayer
from evoapproxnas.errors import QuantizationError

Position = tuple[int, int, int, int]
"""Image, row, column and channel of an output."""


class Window(NamedTuple):
    """The products that one output adds up, and what they come to.

    Attributes:
        activations: uint8 bit patterns, one for each product.
        weights: uint8 bit patterns that the multiplier is fed, likewise.
        signs: int8, -1, 0 (skipped) or +1, likewise.
        weight_zero_point: a code value.
        offset: added to the sums.
        products: sum of the signed products.
        activation_sum: sum of the code values of the activations.
        total: products - weight_zero_point * activation_sum + offset.
    """

    activations: npt.NDArray[np.uint8]
    weights: npt.NDArray[np.uint8]
    signs: npt.NDArray[np.int8]
    weight_zero_point: int
    offset: int
    products: int
    activation_sum: int
    total: int


@dataclass(frozen=True)
class LayerCall:
    """A convolution that a layer computed; a transposed one computes several.

    Attributes:
        operands: what the kernel was given besides the input, as arrays.
        table: the products.
        geometry: strides, dilation, padding, groups.
        sums: what it added up.
    """

    operands: Operands
    table: LookupTable
    geometry: Geometry
    sums: IntegerSums

    @property
    def shape(self) -> Position:
        """Of the outputs: images, rows, columns, channels."""
        images, rows, columns, channels = self.sums.totals.shape
        return images, rows, columns, channels

    def windows(self, positions: Sequence[Position]) -> list[Window]:
        """Return the products of some outputs, in the order of the kernel's taps."""
        rows, columns, channels, outputs = self.operands.weight_codes.shape
        pad_code = int(self.operands.input_zero_point)
        taps = patches(self.sums.codes, pad_code, (rows, columns), self.geometry)
        met: npt.NDArray[np.int32] = np.array(taps)
        per_group = outputs // self.geometry.groups
        found = []
        for position in positions:
            image, row, column, output = position
            first = output // per_group * channels
            codes = met[:, :, image, row, column, first : first + channels]
            found.append(self._window(codes, position))
        return found

    def _window(self, codes: npt.NDArray[np.int32], position: Position) -> Window:
        operands, output = self.operands, position[3]
        return Window(
            activations=(codes & 255).astype(np.uint8).ravel(),
            weights=operands.weight_codes[..., output].ravel(),
            signs=operands.weight_signs[..., output].ravel(),
            weight_zero_point=int(operands.weight_zero_point[output]),
            offset=int(operands.offset[output]),
            products=int(self.sums.products[position]),
            activation_sum=int(self.sums.activations[position]),
            total=int(self.sums.totals[position]),
        )


def recorded_calls(model: keras.Model, images: npt.ArrayLike) -> dict[str, list[LayerCall]]:
    """Run a model with the NumPy reference and return what its approximate layers added up.

    Args:
        model: calibrated, with approximate layers; it is left as it is.
        images: a few inputs, (images, ...); of a model of several inputs, for each of them. The
            reference is slow.

    Returns:
        By path of the layer, its convolutions in the order of computation.

    Raises:
        QuantizationError: if there is no such layer, one is not reached, or adds up more products
            than a 32-bit sum is certain to hold, which the emulation splits.
    """
    kernel = _RecordingKernel()
    layers = emulated_layers(model)
    if not layers:
        raise QuantizationError(
            f"model {model.name!r} has no approximate layers, whose sums could be recorded; give "
            "one that approximate() returned"
        )
    paths = {id(layer): path for path, layer in layers.items()}

    def compute(layer: EmulatedLayer, x: tf.Tensor) -> tf.Tensor:
        kernel.calls = calls.setdefault(paths[id(layer)], [])
        return layer._emulate(x, layer._filters(), layer._source(x, training=False))

    calls: dict[str, list[LayerCall]] = {}
    for layer in layers.values():
        layer._stand_in = compute
    try:
        with use_kernel(kernel):
            model(_as_floats(images, inputs=len(model.inputs)), training=False)
    finally:
        for layer in layers.values():
            layer._stand_in = None
    if missing := [path for path in layers if not calls.get(path)]:
        raise QuantizationError(
            f"layers {missing} of model {model.name!r} added nothing up in 32 bits: they are not "
            "reached, or so wide that the emulation splits their sums; leave them exact"
        )
    return calls


def _as_floats(images: Any, *, inputs: int) -> Any:
    if inputs == 1:
        return tf.cast(images, tf.float32)
    return [tf.cast(each, tf.float32) for each in images]


class _RecordingKernel(ReferenceKernel):
    """The reference, which appends every convolution to the list that it is given."""

    name = "recording"

    def __init__(self) -> None:
        self.calls: list[LayerCall] = []

    def convolve(
        self, x: Any, operands: Operands, *, table: LookupTable, geometry: Geometry
    ) -> Any:
        """See `Kernel.convolve`."""
        # What comes from TensorFlow may be a view of memory that is used again.
        kept = Operands(*(np.array(each) for each in operands))
        sums = self.integer_sums(x, kept, table=table, geometry=geometry)
        self.calls.append(LayerCall(kept, table, geometry, sums))
        return sums.totals.astype(np.float32) * kept.scale + kept.bias
