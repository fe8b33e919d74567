"""The last step of a tile: correct the sums for weight zero points and write the outputs."""

from typing import Any

import numpy as np

from evoapproxnas.emulation.kernels.host.compiling import inner
from evoapproxnas.emulation.kernels.host.lanes import LANES, finish_pixel


@inner
def subtract_windows(windows: Any, zero_points: Any, sums: Any) -> None:
    """Subtract zero_point * window from the sums of 16 lanes; windows as from `sum_windows`.

    Args:
        windows: int32 (positions,).
        zero_points: int32 (16,).
        sums: int32 (positions * 16 or more,), changed in place.
    """
    for position in range(windows.shape[0]):
        at = np.uint64(position * LANES)
        for lane in range(LANES):  # a constant count becomes one vector
            sums[at + np.uint64(lane)] -= zero_points[lane] * windows[position]


@inner
def subtract_window(windows: Any, zero_point: int, lane: int, sums: Any) -> None:
    """Do the same for one lane."""
    for position in range(windows.shape[0]):
        sums[np.uint64(position * LANES + lane)] -= zero_point * windows[position]


@inner
def sum_windows(codes: Any, signed: bool, base: int, shifts: Any, windows: Any) -> None:
    """Do windows[i] = sum over shifts of the value of codes[base + shift + i]."""
    if signed:
        _sum_windows(codes.view(np.int8), base, shifts, windows)
    else:
        _sum_windows(codes, base, shifts, windows)


@inner
def _sum_windows(values: Any, base: int, shifts: Any, windows: Any) -> None:
    # Unsigned positions spare a test for negative ones.
    windows[:] = 0
    count = shifts.shape[0]
    for term in range(0, count - 3, 4):
        a, b = np.uint64(base + shifts[term]), np.uint64(base + shifts[term + 1])
        c, d = np.uint64(base + shifts[term + 2]), np.uint64(base + shifts[term + 3])
        for i in range(windows.shape[0]):
            at = np.uint64(i)
            windows[i] += np.int32(
                np.int16(np.int16(values[a + at]) + np.int16(values[b + at]))
                + np.int16(np.int16(values[c + at]) + np.int16(values[d + at]))
            )
    for term in range(count - count % 4, count):
        a = np.uint64(base + shifts[term])
        for i in range(windows.shape[0]):
            windows[i] += np.int32(values[a + np.uint64(i)])


@inner
def extent(tiles: Any, images: int, tile: int) -> Any:
    """Return a tile's images, its rows, and its first pixel in the output.

    Args:
        tiles: `Tiles`.
        images: of the whole output.
        tile: index of the tile.
    """
    first_image = tile // tiles.bands * tiles.images
    first_row = tile % tiles.bands * tiles.rows
    return (
        min(tiles.images, images - first_image),
        min(tiles.rows, tiles.rows_out - first_row),
        (first_image * tiles.rows_out + first_row) * tiles.columns,
    )


@inner
def store(sums: Any, tiles: Any, images: int, tile: int, begin: int, end: int, first: int,
          used: int, constants: Any, real: bool, channels: int, out: Any,
          sums_out: Any) -> None:  # fmt: skip
    """Write rows of a tile: float32(sums + offset) * scale + bias, or int32 sums + offset.

    Args:
        sums: int32, 16 for each position of these rows, or more.
        tiles: `Tiles`.
        images: of the whole output.
        tile: index of the tile.
        begin: the first row.
        end: the row after the last, as long as the output has it.
        first: output channel.
        used: channels of the block.
        constants: int32 offsets, float32 scales and biases, filled up by 16 values.
        real: which of the two.
        channels: of the output.
        out: float32, flat.
        sums_out: int32, flat.
    """
    all_offsets, all_scales, all_biases = constants
    offsets = all_offsets[first : first + LANES]
    scales, biases = all_scales[first : first + LANES], all_biases[first : first + LANES]
    line = np.empty(LANES, np.float32)
    used_images, rows, base = extent(tiles, images, tile)
    for row in range(begin, min(end, rows)):
        for image in range(used_images):
            position = (row - begin) * tiles.line + image * tiles.columns
            pixel = base + (image * tiles.rows_out + row) * tiles.columns
            target = pixel * channels + first
            for column in range(tiles.columns):
                if not real:
                    for lane in range(used):
                        total = sums[(position + column) * LANES + lane] + offsets[lane]
                        sums_out[target + lane] = np.int32(total)
                elif used == LANES:
                    finish_pixel(sums, position + column, offsets, scales, biases, out, target)
                else:
                    finish_pixel(sums, position + column, offsets, scales, biases, line, 0)
                    for lane in range(used):
                        out[target + lane] = line[lane]
                target += channels
