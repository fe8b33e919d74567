"""Arrays of products as files hold them: `.bin` (TFApprox) and `.npy`, read without trust."""

import io
import tokenize
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import MultiplierError

PAIRS = 65536
_MOST_BYTES = 32 * PAIRS
"""Of a file: numbers of 16 bytes and a header, twice over."""

_MALFORMED = (
    ValueError,
    TypeError,
    EOFError,
    OverflowError,
    RecursionError,
    MemoryError,
    SyntaxError,
    tokenize.TokenError,
)
"""What NumPy raises for headers that are none: it evaluates them as Python literals."""


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
        return _array(data)
    except _MALFORMED as error:
        raise MultiplierError(f"{path} is not a NumPy array of numbers: {error}") from error


def _array(data: bytes) -> npt.NDArray[Any]:
    """Read a `.npy` file; its header is checked before any memory is taken."""
    file = io.BytesIO(data)
    major, _ = np.lib.format.read_magic(file)
    if major == 1:
        shape, fortran_order, dtype = np.lib.format.read_array_header_1_0(file)
    else:
        shape, fortran_order, dtype = np.lib.format.read_array_header_2_0(file)
    if dtype.kind not in "biuf":
        raise ValueError(f"it holds {dtype}")
    values = np.frombuffer(data, dtype, offset=file.tell())
    return values.reshape(shape, order="F" if fortran_order else "C")


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
