"""Where the kernel of a convolution lies over its map, and what of it another one can take."""

import math

from evoapproxnas.networks import Op

Size = tuple[int, int]
Window = tuple[slice, slice]


def tap(op: Op, size: Size) -> Size:
    """Return the row and column of the kernel that lie over the first pixel of the map.

    TensorFlow pads "same" maps by half of what is missing, rounded down, before the first pixel:
    by how much depends on kernel, stride and size.

    Args:
        op: a convolution, of all channels or depthwise.
        size: (height, width) of its input.
    """
    row, column = (_padding(pixels, op["kernel"], op["stride"]) for pixels in size)
    return row, column


def overlap(old: Op, old_size: Size, new: Op, new_size: Size) -> tuple[Window, Window]:
    """Lay one kernel over the other so that they read the same pixels.

    A larger kernel takes all of a smaller one and has zeros around it; a smaller one takes what
    lies under it.

    Returns:
        (rows, columns) that both have, in the old kernel and in the new one.
    """
    taps = zip(tap(old, old_size), tap(new, new_size), strict=True)
    pairs = [_common(old["kernel"], new["kernel"], theirs - ours) for ours, theirs in taps]
    (old_rows, new_rows), (old_columns, new_columns) = pairs
    return (old_rows, old_columns), (new_rows, new_columns)


def contains(old: Op, old_size: Size, new: Op, new_size: Size) -> bool:
    """Whether the new convolution with the old kernel inside computes what the old one does."""
    rows, columns = overlap(old, old_size, new, new_size)[0]
    whole = slice(0, old["kernel"])
    return rows == columns == whole and old["stride"] == new["stride"]


def _padding(pixels: int, kernel: int, stride: int) -> int:
    reach = (math.ceil(pixels / stride) - 1) * stride + kernel
    return int(max(reach - pixels, 0) // 2)


def _common(old: int, new: int, shift: int) -> tuple[slice, slice]:
    """Return what two lengths share, if the old one begins `shift` behind the new one's start."""
    start, stop = max(0, shift), min(new, shift + old)
    stop = max(start, stop)
    return slice(start - shift, stop - shift), slice(start, stop)
