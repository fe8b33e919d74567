"""Steps around the tile products: find pixels, write results."""

from typing import Any

import numpy as np

from evoapproxnas.emulation.kernels.host.compiling import inner
from evoapproxnas.emulation.kernels.host.lanes import LANES, finish_pixel


@inner
def pixel_starts(first: int, starts: Any, view: Any) -> None:
    """Find where the windows of output pixels first, first + 1, ... begin.

    Args:
        first: output pixel of the buffer.
        starts: int64 (pixels,), filled with positions in the buffer.
        view: int64: rows and columns of the output; then, in values of the expanded input, its
            steps from row to row (in lines) and from column to column, a line, and an image.
    """
    rows, columns, row_step, column_step, line = view[0], view[1], view[2], view[3], view[4]
    image = first // (rows * columns)
    row = first // columns % rows
    column = first % columns
    for i in range(starts.shape[0]):
        starts[i] = image * view[5] + row * row_step * line + column * column_step
        column += 1
        if column == columns:
            column = 0
            row += 1
            if row == rows:
                row = 0
                image += 1


@inner
def store_real(sums: Any, first: int, channel: int, used: int, offsets: Any, scales: Any,
               biases: Any, out: Any) -> None:  # fmt: skip
    """Write float32(sums + offset) * scale + bias for `used` channels.

    The constants have 16 lanes, whatever `used`; `out` is float32 (pixels, channels_out).
    """
    flat, channels = out.reshape(-1), out.shape[1]
    line = np.empty(LANES, np.float32)
    for pixel in range(sums.shape[0] // LANES):
        position = (first + pixel) * channels + channel
        if used == LANES:
            finish_pixel(sums, pixel, offsets, scales, biases, flat, position)
        else:
            finish_pixel(sums, pixel, offsets, scales, biases, line, 0)
            for lane in range(used):
                flat[position + lane] = line[lane]


@inner
def store_sums(sums: Any, first: int, channel: int, used: int, offsets: Any, out: Any) -> None:
    """Write int32 sums + offset for `used` channels; arguments as for `store_real`."""
    for pixel in range(sums.shape[0] // LANES):
        for lane in range(used):
            out[first + pixel, channel + lane] = np.int32(
                sums[pixel * LANES + lane] + offsets[lane]
            )
