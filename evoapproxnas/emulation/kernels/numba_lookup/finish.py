"""The last step of a tile: correct the sums for weight zero points and write the outputs."""

from typing import Any

import numpy as np
from numba import njit

from evoapproxnas.emulation.kernels.numba_lookup.lanes import LANES, finish_pixel


@njit(nogil=True, cache=True)
def subtract_windows(values: Any, base: int, shifts: Any, terms: int, groups: Any,
                     zero_points: Any, windows: Any, sums: Any) -> None:  # fmt: skip
    """Subtract zero_point * (sum of the code values under the window) from the sums.

    Args:
        values: the codes as uint8 or int8, flat.
        base: added to the shifts.
        shifts: int64 (groups, terms or more).
        terms: products in a sum.
        groups: int64 (used lanes,), ascending.
        zero_points: int32 (16,).
        windows: int32 scratch (positions,).
        sums: int32 (positions * 16 or more,), changed in place.
    """
    used = groups.shape[0]
    if groups[0] == groups[used - 1]:
        sum_windows(values, base, shifts[groups[0], :terms], windows)
        for position in range(windows.shape[0]):
            at = np.uint64(position * LANES)
            for lane in range(LANES):  # a constant count becomes one vector
                sums[at + np.uint64(lane)] -= zero_points[lane] * windows[position]
        return
    for lane in range(used):
        if lane == 0 or groups[lane] != groups[lane - 1]:
            sum_windows(values, base, shifts[groups[lane], :terms], windows)
        zero_point, at = zero_points[lane], np.uint64(lane)
        for position in range(windows.shape[0]):
            sums[np.uint64(position * LANES) + at] -= zero_point * windows[position]


@njit(nogil=True, cache=True)
def sum_windows(values: Any, base: int, shifts: Any, windows: Any) -> None:
    """Do windows[i] = sum over shifts of values[base + shift + i]."""
    windows[:] = 0
    for shift in shifts:
        first = np.uint64(base + shift)  # unsigned positions spare a test for negative ones
        for i in range(windows.shape[0]):
            windows[i] += np.int32(values[first + np.uint64(i)])


@njit(nogil=True, cache=True)
def store(sums: Any, tiles: Any, images: int, tile: int, first: int, used: int, constants: Any,
          real: bool, channels: int, out: Any, sums_out: Any) -> None:  # fmt: skip
    """Write a block of a tile: float32(sums + offset) * scale + bias, or int32 sums + offset.

    Args:
        sums: int32 (positions * 16 or more,).
        tiles: `Tiles`.
        images: of the whole output.
        tile: index of the tile.
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
    first_image = tile // tiles.bands * tiles.images
    first_row = tile % tiles.bands * tiles.rows
    for row in range(min(tiles.rows, tiles.rows_out - first_row)):
        for image in range(min(tiles.images, images - first_image)):
            position = row * tiles.line + image * tiles.columns
            pixel = ((first_image + image) * tiles.rows_out + first_row + row) * tiles.columns
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
