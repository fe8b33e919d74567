"""What a kernel is: exact integer convolution in which a table replaces multiplication.

To add a kernel: write one module with a class that has the members of `Kernel`, and name it in
`evoapproxnas.kernel_names`. The contract test runs over all of them.
"""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

Pads = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class LookupTable:
    """The products a kernel looks up.

    Attributes:
        products: int32 (256, 256), products[activation code, weight code].
        signed: whether the codes are two's complement.
        key: stands for the content, for caches: the multiplier's digest.
    """

    products: npt.NDArray[np.int32]
    signed: bool
    key: str

    def __hash__(self) -> int:
        """Hash by content."""
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        """Compare by content."""
        return isinstance(other, LookupTable) and self.key == other.key


@dataclass(frozen=True)
class Geometry:
    """Strides, dilation, padding and groups of a 2-D convolution, channels last.

    A depthwise convolution has as many groups as input channels; a dense layer is 1x1.

    Attributes:
        strides: rows and columns from window to window.
        dilation: rows and columns from tap to tap.
        padding: as in Keras.
        groups: of channels that are not mixed.
    """

    strides: tuple[int, int] = (1, 1)
    dilation: tuple[int, int] = (1, 1)
    padding: Literal["same", "valid"] = "same"
    groups: int = 1

    def pads(self, size: tuple[int, int], kernel: tuple[int, int]) -> Pads:
        """Return ((top, bottom), (left, right)) for an input of `size` pixels.

        Args:
            size: rows and columns of the input.
            kernel: rows and columns of the window.
        """
        if self.padding == "valid":
            return (0, 0), (0, 0)
        total = [
            max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0)
            for n, k, s, d in zip(size, kernel, self.strides, self.dilation, strict=True)
        ]
        top, left = (t // 2 for t in total)
        return (top, total[0] - top), (left, total[1] - left)

    def output_size(self, size: tuple[int, int], kernel: tuple[int, int]) -> tuple[int, int]:
        """Return (rows, columns) of the output for an input of `size` pixels.

        Args:
            size: rows and columns of the input.
            kernel: rows and columns of the window.
        """
        sizes = []
        for n, k, s, d, pad in zip(
            size, kernel, self.strides, self.dilation, self.pads(size, kernel), strict=True
        ):
            sizes.append(max((n + sum(pad) - (k - 1) * d - 1) // s + 1, 0))
        return sizes[0], sizes[1]


class Operands(NamedTuple):
    """What one call of a layer needs besides its input: NumPy arrays or TensorFlow tensors.

    Attributes:
        weight_codes: uint8 (kh, kw, channels_in / groups, channels_out).
        weight_signs: int8, the same shape: -1, 0 (skipped) or +1.
        weight_zero_point: int32 (channels_out,).
        input_scale: float32 scalar.
        input_zero_point: int32 scalar, a code value; padding has this code.
        offset: int32 (channels_out,), added to the sums.
        scale: float32 (channels_out,), real value of one unit of the sums.
        bias: float32 (channels_out,), added last.
    """

    weight_codes: Any
    weight_signs: Any
    weight_zero_point: Any
    input_scale: Any
    input_zero_point: Any
    offset: Any
    scale: Any
    bias: Any


class Kernel(Protocol):
    """One way to compute the sums. `in_graph` kernels work on tensors, the others on arrays."""

    @property
    def name(self) -> str:
        """The name in the registry."""

    @property
    def in_graph(self) -> bool:
        """Whether the kernel consists of TensorFlow operations."""

    def missing(self) -> str | None:
        """Say what this machine lacks to run the kernel; None if it runs."""

    def terms(self, table: LookupTable) -> int | None:
        """Return how many products of its own the kernel computes for one of the table.

        1 for look-ups, whose time does not depend on the table; None if there would be too many.

        Args:
            table: the products.
        """

    def product_sums(
        self,
        codes: Any,
        weight_codes: Any,
        weight_signs: Any,
        pad_code: Any,
        *,
        table: LookupTable,
        geometry: Geometry,
    ) -> Any:
        """Return sum sgn*m(activation, weight), int32 (images, rows, columns, channels_out).

        Args:
            codes: uint8 bit patterns (images, rows, columns, channels_in).
            weight_codes: as in `Operands`.
            weight_signs: as in `Operands`.
            pad_code: the bit pattern of padding.
            table: the products.
            geometry: strides, dilation, padding, groups.
        """

    def convolve(
        self, x: Any, operands: Operands, *, table: LookupTable, geometry: Geometry
    ) -> Any:
        """Return the layer's output: quantize `x`, sum products, scale.

        The result is float32(sums - z_w * sum qa + offset) * scale + bias.

        Args:
            x: float activations, shape (images, rows, columns, channels_in).
            operands: quantized weights and the numbers that scale sums.
            table: the multiplier.
            geometry: of the convolution.

        Returns:
            float32, shape (images, rows, columns, channels_out).
        """
