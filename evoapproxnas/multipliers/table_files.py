"""Arrays of products as files hold them: `.bin` (TFApprox) and `.npy`, read without trust."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import MultiplierError
from evoapproxnas.files import decode_array

PAIRS = 65536
_MOST_BYTES = 32 * PAIRS
"""Of a file: numbers of 16 bytes and a header, twice over."""


def read_bin(path: Path) -> npt.NDArray[np.uint16]:
    """Read 65,536 little-endian 16-bit patterns, index 256 * first + second.

    Returns:
        Shape (256, 256), [first, second].

    Raises:
        MultiplierError: if the file cannot be read or has another size.
    """
    data = _bytes(path)
    if len(data) != 2 * PAIRS:
        raise MultiplierError(
            f"{path}: expected 131072 bytes, 65,536 little-endian 16-bit products, got {len(data)}"
        )
    return np.frombuffer(data, "<u2").reshape(256, 256)


def read_npy(path: Path) -> npt.NDArray[Any]:
    """Read a NumPy array of numbers, whatever its shape.

    Raises:
        MultiplierError: if the file cannot be read, is larger than a table can be, or is not such
            an array.
    """
    data = _bytes(path)
    try:
        array = decode_array(data)
    except ValueError as error:
        raise MultiplierError(f"{path} is not a NumPy array of numbers: {error}") from error
    if array.dtype.kind not in "biuf":
        raise MultiplierError(f"{path} is not a NumPy array of numbers: it holds {array.dtype}")
    return array


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise MultiplierError(
                f"{path}: expected 65,536 products in at most {_MOST_BYTES:,} bytes, got "
                f"{path.stat().st_size:,}"
            )
        return path.read_bytes()
    except OSError as error:
        raise MultiplierError(f"cannot read {path}: {error.strerror}") from error
