"""The compiled loops: they release the GIL, write disjoint slices, and allocate only scratch.

Codes lie in zero-point-padded planes [image][channel][row][column], so that a kernel tap is a
constant shift and consecutive pixels share cache lines. `view` below is the int64 array
(rows out, columns out, row step, column step, padded columns, plane size, image size).
"""

from typing import Any

import numpy as np
from numba import njit
from numba.np.unsafe.ndarray import to_fixed_tuple

from evoapproxnas.emulation.kernels.numba_lookup.lanes import (
    LANES,
    TABLE_SIZE,
    TERMS,
    add_products,
    finish_pixel,
    interleave_rows,
)

SINGLE_PIXELS = 512
"""Pixels whose 16 sums each (32 KiB) stay in the L1 cache while channels take turns."""


@njit(nogil=True, cache=True)
def fill_planes(
    x: Any, planes: Any, top: int, left: int, inverse: Any, zero: Any, low: Any, high: Any
) -> None:
    """Quantize float32 images into the inside of padded planes; NaN becomes `low`.

    Args:
        x: float32 (images, rows, columns, channels).
        planes: uint8 (images, channels, padded rows, padded columns), filled with the pad code.
        top: first inside row.
        left: first inside column.
        inverse: float32, 1 / scale.
        zero: float32 zero point.
        low: float32, smallest code value.
        high: float32, largest code value.
    """
    images, rows, columns, channels = x.shape
    line = np.empty(columns * channels, np.uint8)
    for image in range(images):
        for row in range(rows):
            source = x[image, row].reshape(-1)
            for i in range(columns * channels):
                value = np.rint(source[i] * inverse) + zero
                value = value if value >= low else low
                value = value if value <= high else high
                line[i] = np.uint8(np.int32(value))
            for channel in range(channels):
                target = planes[image, channel, top + row]
                for column in range(columns):
                    target[left + column] = line[column * channels + channel]


@njit(nogil=True, cache=True)
def sum_planes(planes: Any, groups: int, signed: bool, sums: Any) -> None:
    """Add the code values of each group's channels: int32 (images, groups, rows, columns)."""
    images, channels, rows, columns = planes.shape
    per_group = channels // groups
    for image in range(images):
        for channel in range(channels):
            target = sums[image, channel // per_group].reshape(-1)
            source = planes[image, channel].reshape(-1)
            for i in range(rows * columns):
                code = np.int32(source[i])
                target[i] += code - 256 if signed and code > 127 else code


@njit(nogil=True, cache=True)
def pixel_starts(first: int, starts: Any, view: Any) -> None:
    """Fill `starts` with the position in the planes of output pixels first, first + 1, ..."""
    rows, columns, row_step, column_step, width = view[0], view[1], view[2], view[3], view[4]
    image = first // (rows * columns)
    row = first // columns % rows
    column = first % columns
    for i in range(starts.shape[0]):
        starts[i] = image * view[6] + row * row_step * width + column * column_step
        column += 1
        if column == columns:
            column = 0
            row += 1
            if row == rows:
                row = 0
                image += 1


@njit(nogil=True, cache=True)
def subtract_windows(plane_sums: Any, first: int, lane_groups: Any, taps: Any, view: Any,
                     zero_points: Any, sums: Any) -> None:  # fmt: skip
    """Subtract zero_point * (sum of the codes under the window) from the sums of each lane.

    Args:
        plane_sums: int32 (images, groups, rows, columns).
        first: the first output pixel.
        lane_groups: int64 (used lanes,), ascending.
        taps: int64, shifts of the kernel's taps within a plane.
        view: see the module's docstring.
        zero_points: int32 (used lanes,).
        sums: int32 (pixels * 16,), changed in place.
    """
    flat = plane_sums.reshape(-1)
    starts = np.empty(sums.shape[0] // LANES, np.int64)
    windows = np.empty(starts.shape[0], np.int32)
    plane_view = view.copy()
    plane_view[6] = plane_sums.shape[1] * view[5]
    pixel_starts(first, starts, plane_view)
    for lane in range(lane_groups.shape[0]):
        if lane == 0 or lane_groups[lane] != lane_groups[lane - 1]:
            windows[:] = 0
            for tap in taps:
                for pixel in range(starts.shape[0]):
                    windows[pixel] += flat[starts[pixel] + lane_groups[lane] * view[5] + tap]
        for pixel in range(starts.shape[0]):
            sums[pixel * LANES + lane] -= zero_points[lane] * windows[pixel]


@njit(nogil=True, cache=True)
def sum_lanes(planes: Any, starts: Any, rows: Any, indices: Any, shifts: Any, tables: Any,
              sums: Any) -> None:  # fmt: skip
    """Sum products for 16 output channels at once.

    Args:
        planes: uint8, flat.
        starts: int64 (pixels,), position of each output pixel in `planes`.
        rows: uint16 (n * 256,), what a term adds for each activation code.
        indices: int64 (terms * 16,), the row of each term and lane; terms a multiple of TERMS.
        shifts: int64 (terms,), position of a term's activation relative to the pixel's.
        tables: uint16 scratch, TERMS * 256 * 16.
        sums: int32 (pixels * 16,), overwritten.
    """
    sums[:] = 0
    for term in range(0, shifts.shape[0], TERMS):
        for t in range(TERMS):
            interleave_rows(rows, indices, (term + t) * LANES, tables, t * TABLE_SIZE)
        eight = to_fixed_tuple(shifts[term : term + TERMS], TERMS)
        for pixel in range(starts.shape[0]):
            add_products(sums, pixel, tables, planes, starts[pixel], eight)


@njit(nogil=True, cache=True)
def sum_singles(planes: Any, starts: Any, rows: Any, indices: Any, shifts: Any, terms: int,
                lane_groups: Any, sums: Any) -> None:  # fmt: skip
    """Sum products one output channel after the other, where lanes do not pay.

    As `sum_lanes`, but shifts is int64 (groups, terms) and lane_groups, int64 (used lanes,), says
    which of them each lane takes; only the first `terms` are used, filled up to a multiple of 4.
    Unused lanes of `sums` stay undefined.
    """
    for begin in range(0, starts.shape[0], SINGLE_PIXELS):
        end = min(begin + SINGLE_PIXELS, starts.shape[0])
        for lane in range(lane_groups.shape[0]):
            lane_shifts = shifts[lane_groups[lane]]
            _sum_single(planes, starts[begin:end], rows, indices[lane::LANES], lane_shifts, terms,
                        sums[begin * LANES + lane :])  # fmt: skip


@njit(nogil=True, cache=True)
def _sum_single(planes: Any, starts: Any, rows: Any, indices: Any, shifts: Any, terms: int,
                sums: Any) -> None:  # fmt: skip
    # Unsigned positions spare Numba's test for negative indices.
    row, stride = np.uint64(256), np.uint64(LANES)
    for term in range(0, terms, 4):
        a, b = np.uint64(indices[term]) * row, np.uint64(indices[term + 1]) * row
        c, d = np.uint64(indices[term + 2]) * row, np.uint64(indices[term + 3]) * row
        at_a, at_b = np.uint64(shifts[term]), np.uint64(shifts[term + 1])
        at_c, at_d = np.uint64(shifts[term + 2]), np.uint64(shifts[term + 3])
        for pixel in range(starts.shape[0]):
            start = np.uint64(starts[pixel])
            total = (
                np.int32(rows[a + np.uint64(planes[start + at_a])])
                + np.int32(rows[b + np.uint64(planes[start + at_b])])
                + np.int32(rows[c + np.uint64(planes[start + at_c])])
                + np.int32(rows[d + np.uint64(planes[start + at_d])])
            )
            target = np.uint64(pixel) * stride
            sums[target] = total if term == 0 else sums[target] + total


@njit(nogil=True, cache=True)
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


@njit(nogil=True, cache=True)
def store_sums(sums: Any, first: int, channel: int, used: int, offsets: Any, out: Any) -> None:
    """Write int32 sums + offset for `used` channels; arguments as for `store_real`."""
    for pixel in range(sums.shape[0] // LANES):
        for lane in range(used):
            out[first + pixel, channel + lane] = np.int32(
                sums[pixel * LANES + lane] + offsets[lane]
            )
