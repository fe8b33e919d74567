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
    transpose_codes,
)

WINDOW = 256
"""Neighbouring positions of a plane that are worked on at once."""
SINGLE_PIXELS = 512
"""Pixels whose 16 sums each (32 KiB) stay in the L1 cache while channels take turns."""


@njit(nogil=True, cache=True)
def fill_planes(
    x: Any, planes: Any, top: int, left: int, inverse: Any, zero: Any, low: Any, high: Any
) -> None:
    """Quantize float32 images into the inside of padded planes; NaN becomes `low`.

    Args:
        x: float32, or codes, (images, rows, columns, channels).
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
    width, plane = planes.shape[3], planes.shape[2] * planes.shape[3]
    source, target = x.reshape(-1), planes.reshape(-1)
    for image in range(images):
        for row in range(rows):
            first = (image * rows + row) * columns * channels
            quantize_line(source, first, columns * channels, inverse, zero, low, high, line)
            inside = image * channels * plane + (top + row) * width + left
            if columns >= LANES and channels >= LANES:
                _spread_tiles(line, columns, channels, target, inside, plane)
            else:
                for channel in range(channels):
                    for column in range(columns):
                        code = line[column * channels + channel]
                        target[inside + channel * plane + column] = code


@njit(nogil=True, cache=True)
def quantize_line(source: Any, first: int, count: int, inverse: Any, zero: Any, low: Any,
                  high: Any, line: Any) -> None:  # fmt: skip
    """Fill `line` with the codes of source[first : first + count]; see `fill_planes`."""
    for i in range(count):
        value = np.rint(source[first + i] * inverse) + zero
        value = value if value >= low else low
        value = value if value <= high else high
        line[i] = np.uint8(np.int32(value))


@njit(nogil=True, cache=True)
def _spread_tiles(line: Any, columns: int, channels: int, target: Any, inside: int,
                  plane: int) -> None:  # fmt: skip
    """Move a line of pixels into planes, 16 columns x 16 channels at a time.

    The last tile of either direction overlaps its neighbour where 16 does not divide the size.
    """
    for column in range(0, columns, LANES):
        x = min(column, columns - LANES)
        for channel in range(0, channels, LANES):
            c = min(channel, channels - LANES)
            transpose_codes(
                line, x * channels + c, channels, target, inside + c * plane + x, plane
            )


@njit(nogil=True, cache=True)
def sum_planes(planes: Any, groups: int, signed: bool, sums: Any) -> None:
    """Add the code values of each group's channels: int32 (images, groups, rows, columns)."""
    images, channels, rows, columns = planes.shape
    size, per_group = rows * columns, channels // groups
    source, target = planes.reshape(-1), sums.reshape(-1)
    for image in range(images):
        for channel in range(channels):
            first = np.uint64((image * channels + channel) * size)
            out = np.uint64((image * groups + channel // per_group) * size)
            for i in range(size):
                code = np.int32(source[first + np.uint64(i)])
                target[out + np.uint64(i)] += code - 256 if signed and code > 127 else code


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
    windows = np.empty(WINDOW, np.int32)
    padded = np.zeros(LANES, np.int32)
    padded[: zero_points.shape[0]] = zero_points
    plane_view = view.copy()
    plane_view[6] = plane_sums.shape[1] * view[5]
    pixel_starts(first, starts, plane_view)
    pixel = 0
    while pixel < starts.shape[0]:
        end = window_end(starts, pixel)
        span = starts[end - 1] - starts[pixel] + 1
        lane = 0
        while lane < lane_groups.shape[0]:
            group = lane_groups[lane]
            _sum_taps(flat, starts[pixel] + group * view[5], taps, windows[:span])
            last = lane
            while last < lane_groups.shape[0] and lane_groups[last] == group:
                last += 1
            _subtract_lanes(sums, starts, pixel, end, windows, padded, lane, last)
            lane = last
        pixel = end


@njit(nogil=True, cache=True)
def _sum_taps(flat: Any, position: int, taps: Any, windows: Any) -> None:
    windows[:] = 0
    for tap in taps:
        first = np.uint64(position + tap)  # unsigned: see _sum_single
        for i in range(windows.shape[0]):
            windows[i] += flat[first + np.uint64(i)]


@njit(nogil=True, cache=True)
def _subtract_lanes(sums: Any, starts: Any, first: int, end: int, windows: Any, zero_points: Any,
                    lane: int, last: int) -> None:  # fmt: skip
    for pixel in range(first, end):
        window = windows[starts[pixel] - starts[first]]
        target = np.uint64(pixel * LANES)
        if last - lane == LANES:  # a constant count becomes one vector
            for i in range(LANES):
                sums[target + np.uint64(i)] -= zero_points[i] * window
        else:
            for i in range(lane, last):
                sums[target + np.uint64(i)] -= zero_points[i] * window


@njit(nogil=True, cache=True)
def window_end(starts: Any, pixel: int) -> int:
    """Return the first pixel whose position is at least `WINDOW` from that of `pixel`."""
    end = pixel + 1
    while end < starts.shape[0] and starts[end] - starts[pixel] < WINDOW:
        end += 1
    return end


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
