"""The array that a kernel on the host writes its results to."""

from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.emulation.kernels.protocol import Geometry

ALIGNMENT = 64
"""Bytes. TensorFlow copies arrays that do not begin at a multiple of it."""


def empty_output(
    shape: tuple[int, ...], weights: tuple[int, ...], geometry: Geometry, dtype: Any
) -> npt.NDArray[Any]:
    """Return an array (images, rows, columns, channels_out) that is not filled.

    Args:
        shape: of the input.
        weights: shape of the weights.
        geometry: strides, dilation, padding, groups.
        dtype: of the results.
    """
    size = geometry.output_size((shape[1], shape[2]), (weights[0], weights[1]))
    out = (shape[0], *size, weights[3])
    used = prod(out) * np.dtype(dtype).itemsize
    room = np.empty(used + ALIGNMENT, np.uint8)
    start = -room.ctypes.data % ALIGNMENT
    return room[start : start + used].view(dtype).reshape(out)
