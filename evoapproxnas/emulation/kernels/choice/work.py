"""A call of a layer in numbers: what the time of any kernel depends on."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from evoapproxnas.emulation.kernels.host.lanes import LANES
from evoapproxnas.emulation.kernels.protocol import Geometry

Array = npt.NDArray[np.float64]
Family = Literal["wide", "narrow"]
"""Whether 16 output channels of a layer see the same input; those of depthwise ones do not."""
Count = Annotated[int, Field(ge=0, lt=2**63)]

USUAL_SIZE = (64, 16, 16)
"""Images, rows and columns of an input where a graph is built before they are known."""

QUANTITIES = (
    "calls",
    "weights",
    "weight_terms",
    "codes",
    "code_terms",
    "outputs",
    "products",
    "lane_products",
    "quad_products",
    "line_products",
    "window_codes",
    "window_products",
)
"""What a kernel may take time for, in one call: see `quantities`."""


@dataclass(frozen=True)
class LayerWork:
    """A call of a layer.

    Attributes:
        rows: of the window.
        columns: of the window.
        channels: input channels of a group.
        outputs: output channels of all groups.
        groups: of channels.
        pixels: output pixels of all images.
        codes: activations that are quantized.
        window_sums: whether the activations of each window are summed as well, as affine weights
            and control variates need it.
    """

    rows: Count
    columns: Count
    channels: Count
    outputs: Count
    groups: Annotated[Count, Field(ge=1)]
    pixels: Count
    codes: Count
    window_sums: bool = False

    @property
    def taps(self) -> int:
        """Products of one output."""
        return self.rows * self.columns * self.channels

    @property
    def family(self) -> Family:
        """See `Family`."""
        return "narrow" if self.groups > 1 and self.outputs // self.groups < LANES else "wide"

    @property
    def macs(self) -> int:
        """Products of all outputs."""
        return self.pixels * self.taps * self.outputs


def work_of(
    weight_shape: Sequence[int],
    geometry: Geometry,
    input_shape: Sequence[int | None] | None = None,
    *,
    window_sums: bool = False,
) -> LayerWork:
    """Describe a call.

    Args:
        weight_shape: (kh, kw, channels_in / groups, channels_out).
        geometry: of the convolution.
        input_shape: (images, rows, columns, channels); `USUAL_SIZE` where it is not known.
        window_sums: see `LayerWork`.
    """
    rows, columns, channels, outputs = weight_shape
    known = input_shape or (None, None, None, None)
    images, height, width = (
        usual if size is None else size for size, usual in zip(known, USUAL_SIZE, strict=False)
    )
    out_rows, out_columns = geometry.output_size((height, width), (rows, columns))
    pixels = images * out_rows * out_columns
    # A 1x1 window meets no pixel that its strides leave out.
    read = pixels if rows * columns == 1 else images * height * width
    return LayerWork(
        rows, columns, channels, outputs, geometry.groups, pixels,
        read * channels * geometry.groups, window_sums,
    )  # fmt: skip


def quantities(work: LayerWork, terms: int) -> Array:
    """Return how much there is of each of `QUANTITIES`, float64 (quantities,).

    Some kernels sum 16 output channels at a time at the cost of all of them (`lane_products`), and
    multiply 4 or 64 neighbouring bytes of a window's row together (`quad_products`,
    `line_products`).

    Args:
        work: the call.
        terms: products that stand for one of the table.
    """
    filled = _filled(work.outputs // work.groups, LANES) * work.groups
    if work.family == "narrow":
        filled = _filled(work.outputs, LANES)
    row = work.columns * work.channels
    weights, products = work.taps * work.outputs, work.macs
    window_codes = work.pixels * work.taps * work.groups * work.window_sums
    return np.array(
        [
            1,
            weights,
            weights * terms,
            work.codes,
            work.codes * terms,
            work.pixels * work.outputs,
            products * terms,
            work.pixels * work.taps * filled * terms,
            work.pixels * work.rows * _filled(row, 4) * filled * terms,
            work.pixels * work.rows * _filled(row, 64) * filled * terms,
            window_codes,
            products * work.window_sums,
        ],
        np.float64,
    )


def _filled(count: int, unit: int) -> int:
    return -(-count // unit) * unit
