"""Named NumPy arrays in one file, read without trust in what the file says of itself."""

import io
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import EvoApproxNASError, StoreError
from evoapproxnas.files.atomic import atomic_file
from evoapproxnas.files.reading import told

Arrays = dict[str, npt.NDArray[Any]]

_LARGEST = 8 * 2**30
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGED = (
    *(OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error, struct.error),
    *(RuntimeError, tokenize.TokenError, SyntaxError),  # Encrypted; a head that is no literal.
)
"""What zipfile and NumPy raise for files that are not what they expect."""


def save_arrays(
    path: Path, arrays: Mapping[str, npt.NDArray[Any]], *, compressed: bool = False
) -> None:
    """Write arrays by name into a `.npz` file, in one step.

    Args:
        path: of the file.
        arrays: by name.
        compressed: whether it takes less room, and longer to write.

    Raises:
        StoreError: if it cannot be written.
    """
    write = np.savez_compressed if compressed else np.savez
    with atomic_file(path) as partial, partial.open("wb") as file:
        write(file, allow_pickle=False, **dict(arrays))


def pack_arrays(arrays: Mapping[str, npt.NDArray[Any]]) -> bytes:
    """Return the content of a `.npz` file; equal arrays in equal order give equal bytes.

    Args:
        arrays: by name.
    """
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **dict(arrays))
    return file.getvalue()


def unpack_arrays(
    content: bytes,
    *,
    where: str,
    error: type[EvoApproxNASError] = StoreError,
    largest: int = _LARGEST,
) -> Arrays:
    """Read what `pack_arrays` returned.

    Args:
        content: the bytes.
        where: what to call them in an error.
        error: as in `load_arrays`.
        largest: likewise.

    Raises:
        EvoApproxNASError: of the class given, if they are damaged or larger.
    """
    return _load(io.BytesIO(content), where, error=error, names=None, largest=largest)


def load_arrays(
    path: Path,
    *,
    error: type[EvoApproxNASError] = StoreError,
    names: Collection[str] | None = None,
    largest: int = _LARGEST,
) -> Arrays:
    """Read a `.npz` file.

    Args:
        path: the file.
        error: the class to raise.
        names: of the arrays to read, all of which must be there; None is whatever is there.
        largest: bytes that all arrays together may take, before anything is unpacked.

    Raises:
        EvoApproxNASError: of the class given, if it cannot be read, is damaged or larger.
    """
    return _load(path, str(path), error=error, names=names, largest=largest)


def _load(
    source: Path | io.BytesIO,
    where: str,
    *,
    error: type[EvoApproxNASError],
    names: Collection[str] | None,
    largest: int,
) -> Arrays:
    try:
        with zipfile.ZipFile(source) as file:
            members = {m.filename.removesuffix(".npy"): m for m in file.infolist()}
            if names is not None:
                if missing := [name for name in names if name not in members]:
                    raise ValueError(
                        f"it lacks {', '.join(missing)} and holds "
                        f"{', '.join(sorted(members)) or 'nothing'}"
                    )
                members = {name: members[name] for name in names}
            if any(m.compress_type not in _METHODS for m in members.values()):
                raise ValueError("it is packed as NumPy never does it")
            size = sum(member.file_size for member in members.values())
            if size > largest:
                raise ValueError(f"its arrays take {size:,} bytes, expected at most {largest:,}")
            return {name: _array(file.read(member)) for name, member in members.items()}
    except _DAMAGED as problem:
        raise error(f"cannot read {where}: {told(problem)}") from problem


def decode_array(content: bytes) -> npt.NDArray[Any]:
    """Read the content of one `.npy` file, an array of any shape.

    Args:
        content: bytes of the file.

    Raises:
        ValueError: if it is damaged, or does not hold numbers.
    """
    try:
        return _array(content)
    except _DAMAGED as problem:
        raise ValueError(told(problem)) from problem


def _array(content: bytes) -> npt.NDArray[Any]:
    """Read one `.npy` file; what its head says must agree with its length."""
    file = io.BytesIO(content)
    version = np.lib.format.read_magic(file)
    read_head = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }.get(version)
    if read_head is None:
        raise ValueError(f"arrays of version {version} are not read")
    shape, fortran_order, dtype = read_head(file)
    if dtype.hasobject:
        raise ValueError("it holds Python objects, expected numbers")
    values = np.frombuffer(content, dtype, offset=file.tell())
    # NumPy's reshape checks the count, before any memory is taken.
    return values.reshape(shape, order="F" if fortran_order else "C").copy()
