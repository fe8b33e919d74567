"""The oracle: NumPy, readable, slow. Every other kernel gives the same integers."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from evoapproxnas.emulation.kernels.protocol import Geometry, LookupTable, Operands

Array = npt.NDArray[Any]


class IntegerSums(NamedTuple):
    """What a layer adds up for each output, int32 (images, rows, columns, channels_out).

    Attributes:
        codes: int32 code values of the input, (images, rows, columns, channels_in).
        products: sum sgn*m(activation, weight).
        activations: sum of the activation codes.
        totals: products - z_w * activations + offset, before scale and bias.
    """

    codes: Array
    products: Array
    activations: Array
    totals: Array


class ReferenceKernel:
    """Sums in int64, one kernel tap and one input channel at a time."""

    name = "reference"
    in_graph = False

    def missing(self) -> str | None:
        """NumPy is always there."""
        return None

    def terms(self, table: LookupTable) -> int:
        """Return 1: a product is one look-up."""
        return 1

    def product_sums(
        self,
        codes: Array,
        weight_codes: Array,
        weight_signs: Array,
        pad_code: int,
        *,
        table: LookupTable,
        geometry: Geometry,
    ) -> Array:
        """See `Kernel.product_sums`."""
        rows, columns, channels, outputs = weight_codes.shape
        met = patches(codes, pad_code, (rows, columns), geometry)
        per_group = outputs // geometry.groups
        sums = np.zeros((*met[0][0].shape[:3], outputs), np.int64)
        for group in range(geometry.groups):
            out = slice(group * per_group, (group + 1) * per_group)
            for y, x, c in np.ndindex(rows, columns, channels):
                activations = met[y][x][..., group * channels + c, None]
                products = table.products[activations, weight_codes[y, x, c, out]]
                sums[..., out] += weight_signs[y, x, c, out].astype(np.int64) * products
        return sums.astype(np.int32)

    def convolve(
        self, x: Array, operands: Operands, *, table: LookupTable, geometry: Geometry
    ) -> Array:
        """See `Kernel.convolve`."""
        totals = self.integer_sums(x, operands, table=table, geometry=geometry).totals
        return totals.astype(np.float32) * operands.scale + operands.bias

    def integer_sums(
        self, x: Array, operands: Operands, *, table: LookupTable, geometry: Geometry
    ) -> IntegerSums:
        """Quantize `x`, float32 (images, rows, columns, channels_in), and add up."""
        weights = operands.weight_codes
        zero_point = int(operands.input_zero_point)
        codes = _quantize(x, operands.input_scale, zero_point, signed=table.signed)
        sums = self.product_sums(
            (codes & 255).astype(np.uint8), weights, operands.weight_signs, zero_point & 255,
            table=table, geometry=geometry,
        )  # fmt: skip
        activations = _window_sums(codes, zero_point, weights.shape, geometry)
        totals = sums - operands.weight_zero_point * activations + operands.offset
        return IntegerSums(codes, sums, activations, totals)


def _quantize(x: Array, scale: Any, zero_point: int, *, signed: bool) -> Array:
    """Return code values, int32; NaN becomes the smallest."""
    low, high = (-128, 127) if signed else (0, 255)
    inverse = np.float32(1.0) / np.float32(scale)
    values = np.rint(x.astype(np.float32) * inverse) + np.float32(zero_point)
    return np.minimum(np.where(values >= low, values, low), high).astype(np.int32)


def patches(
    codes: Array, pad_code: int, kernel: tuple[int, int], geometry: Geometry
) -> list[list[Array]]:
    """Return, for each kernel tap, the view of the padded input that it meets.

    Args:
        codes: (images, rows, columns, channels_in).
        pad_code: of padding.
        kernel: rows and columns.
        geometry: strides, dilation, padding.

    Returns:
        By row and column of the kernel, (images, output rows, output columns, channels_in).
    """
    size = (codes.shape[1], codes.shape[2])
    padding = ((0, 0), *geometry.pads(size, kernel), (0, 0))
    padded = np.pad(codes, padding, constant_values=pad_code)
    (sy, sx), (dy, dx) = geometry.strides, geometry.dilation
    height, width = geometry.output_size(size, kernel)
    return [
        [
            padded[:, y * dy :, x * dx :][:, ::sy, ::sx][:, :height, :width]
            for x in range(kernel[1])
        ]
        for y in range(kernel[0])
    ]


def _window_sums(
    codes: Array, zero_point: int, weight_shape: tuple[int, ...], geometry: Geometry
) -> Array:
    """Return the sum of the activation codes that meet each output, int32, like the sums."""
    rows, columns, channels, outputs = weight_shape
    met = patches(codes, zero_point, (rows, columns), geometry)
    total = np.sum([patch for row in met for patch in row], axis=0)
    grouped = np.reshape(total, (*total.shape[:3], geometry.groups, channels)).sum(axis=-1)
    return np.repeat(grouped, outputs // geometry.groups, axis=-1).astype(np.int32)
