"""How a layer's work is cut into tiles, and where in a tile the activation codes lie.

A tile is a band of output rows of a few images. Its codes lie in one line per kernel column,
padded row and channel, with the columns of all images side by side, already shifted and strided:

    codes[channel][kernel column][row phase][row][image][output column]

So a kernel tap is a constant shift, and the output positions of a tile, [row][image][column],
are neighbours, whatever the size of the map: vectors of them waste nothing.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from evoapproxnas.emulation.kernels.protocol import Geometry

Array = npt.NDArray[Any]


class Tiles(NamedTuple):
    """The tiles of one call; integers only, for the compiled loops.

    Attributes:
        number: of tiles.
        bands: how many of them cover the same images.
        images: side by side in a tile.
        rows: output rows of a tile.
        columns: output columns of an image.
        rows_out: output rows of an image.
        row_step: stride.
        column_step: stride.
        top: rows of padding above.
        left: columns of padding on the left.
        window_columns: kernel columns.
        column_dilation: distance between them.
        phases: input rows that taps reach are r * row_step + residue for so many residues.
        phase_rows: rows of each phase.
        line: positions in a row of the tile.
        column_size: codes of one channel and kernel column.
        channel_size: codes of one channel.
        positions: output positions of a tile.
    """

    number: int
    bands: int
    images: int
    rows: int
    columns: int
    rows_out: int
    row_step: int
    column_step: int
    top: int
    left: int
    window_columns: int
    column_dilation: int
    phases: int
    phase_rows: int
    line: int
    column_size: int
    channel_size: int
    positions: int


def row_residues(geometry: Geometry, kernel_rows: int) -> list[int]:
    """Return which input rows, modulo the stride, the taps reach."""
    stride, dilation = geometry.strides[0], geometry.dilation[0]
    return sorted({row * dilation % stride for row in range(kernel_rows)})


def cut_tiles(
    shape: tuple[int, ...],
    kernel: tuple[int, int],
    geometry: Geometry,
    *,
    positions: int,
    channels: int,
    most_bytes: int,
) -> Tiles:
    """Choose the tiles of a layer that has outputs.

    Args:
        shape: of the input, (images, rows, columns, channels).
        kernel: rows and columns.
        geometry: strides, dilation, padding.
        positions: about so many output positions to a tile.
        channels: whose codes are held at once.
        most_bytes: limit for these codes; a tile has at least one row of one image, however.
    """
    size = (shape[1], shape[2])
    (top, _), (left, _) = geometry.pads(size, kernel)
    rows_out, columns = geometry.output_size(size, kernel)
    phases = len(row_residues(geometry, kernel[0]))
    reach = (kernel[0] - 1) * geometry.dilation[0] // geometry.strides[0]
    row_bytes = channels * kernel[1] * phases * columns
    most_rows = max(min(most_bytes // max(row_bytes, 1) - reach, positions // columns), 1)
    bands = _over(rows_out, most_rows)
    rows = _over(rows_out, bands)
    most_images = min(
        most_bytes // max(row_bytes * (rows + reach), 1), positions // (rows * columns)
    )
    images = _over(shape[0], _over(shape[0], max(most_images, 1) if bands == 1 else 1))
    line = images * columns
    column_size = phases * (rows + reach) * line
    return Tiles(
        number=_over(shape[0], images) * bands,
        bands=bands,
        images=images,
        rows=rows,
        columns=columns,
        rows_out=rows_out,
        row_step=geometry.strides[0],
        column_step=geometry.strides[1],
        top=top,
        left=left,
        window_columns=kernel[1],
        column_dilation=geometry.dilation[1],
        phases=phases,
        phase_rows=rows + reach,
        line=line,
        column_size=column_size,
        channel_size=kernel[1] * column_size,
        positions=rows * line,
    )


def tap_shifts(tiles: Tiles, kernel_rows: int, geometry: Geometry) -> Array:
    """Return from an output position to each tap's code, int64 (kernel rows, kernel columns)."""
    residues = row_residues(geometry, kernel_rows)
    reached = np.arange(kernel_rows) * geometry.dilation[0]
    phase = np.searchsorted(residues, reached % tiles.row_step)
    row = phase * tiles.phase_rows + reached // tiles.row_step
    return row[:, None] * tiles.line + np.arange(tiles.window_columns) * tiles.column_size


def _over(total: int, most: int) -> int:
    """Return how many parts of at most `most` make up `total`."""
    return -(-total // most)
