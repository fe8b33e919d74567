"""Write multipliers for other tools: `.bin`, `.npy`, `.v` (Verilog), `.blif`, `.c`."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np

from evoapproxnas.circuits import to_blif, to_c, to_verilog
from evoapproxnas.errors import MultiplierError, unknown_name
from evoapproxnas.multipliers.library import Library, load_library


def export_multiplier(name: str, path: str | Path, *, library: Library | None = None) -> Path:
    """Write a multiplier to a file; the ending of its name chooses the format.

    Args:
        name: in the library.
        path: `.bin`: 65,536 little-endian 16-bit products, index 256 * activation + weight
            (TFApprox; two's complement if signed); `.npy`: the table, int32 [256, 256];
            `.v`, `.blif`, `.c`: the circuit, of which the name becomes the module or function.
        library: where to look; by default `load_library()`.

    Returns:
        The path written.

    Raises:
        UnknownNameError: if there is no such multiplier, or the ending is of no known format.
        MultiplierError: if a circuit is asked for where only a table is known, or the file
            cannot be written.
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in _WRITERS:
        raise unknown_name("format of a multiplier", suffix or str(target), _WRITERS)
    found = load_library() if library is None else library
    try:
        target.write_bytes(_WRITERS[suffix](found, found.entry(name).name))
    except OSError as error:
        raise MultiplierError(f"cannot write {target}: {error.strerror}") from error
    return target


def _bin(library: Library, name: str) -> bytes:
    multiplier = library[name]
    return multiplier.table.astype("<i2" if multiplier.signed else "<u2").tobytes()


def _npy(library: Library, name: str) -> bytes:
    buffer = BytesIO()
    np.save(buffer, library[name].table)
    return buffer.getvalue()


def _verilog(library: Library, name: str) -> bytes:
    comment = f"{name}: {library.entry(name).origin}"
    return to_verilog(library.netlist(name), name, comment=comment).encode()


def _blif(library: Library, name: str) -> bytes:
    return to_blif(library.netlist(name), name).encode()


def _c(library: Library, name: str) -> bytes:
    return to_c(library.netlist(name), name, signed=library.entry(name).signed).encode()


_WRITERS: dict[str, Callable[[Library, str], bytes]] = {
    ".bin": _bin,
    ".npy": _npy,
    ".v": _verilog,
    ".blif": _blif,
    ".c": _c,
}
