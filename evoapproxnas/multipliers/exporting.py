"""Write multipliers for other tools: `.bin`, `.npy`, `.v` (Verilog), `.blif`, `.c`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt

from evoapproxnas.circuits import Netlist, product_table, to_blif, to_c, to_verilog
from evoapproxnas.errors import MultiplierError, StoreError, unknown_name
from evoapproxnas.files import write_atomically
from evoapproxnas.multipliers.catalog import CatalogEntry
from evoapproxnas.multipliers.library import Library, load_library


def export_multiplier(name: str, path: str | Path, *, library: Library | None = None) -> Path:
    """Write a multiplier to a file; the ending of its name chooses the format.

    Args:
        name: in the library.
        path: `.bin`: 65,536 little-endian 16-bit products, index 256 * activation + weight
            (TFApprox; two's complement if signed); `.npy`: the table, int32 [256, 256];
            `.v`, `.blif`, `.c`: the circuit with the activation as A or a, the first operand;
            the name becomes the module or function, as `circuits.names` makes it an identifier.
        library: where to look; by default `load_library()`.

    Returns:
        The path written.

    Raises:
        UnknownNameError: if there is no such multiplier, or the ending is of no known format.
        MultiplierError: if a circuit is asked for where only a table is known, or the file
            cannot be written.
    """
    found = load_library() if library is None else library
    entry = found.entry(name)
    exported = _Exported(entry, lambda: found[entry.name].table, lambda: found.netlist(entry.name))
    return _write(exported, Path(path))


def export_circuit(entry: CatalogEntry, netlist: Netlist, path: str | Path) -> Path:
    """Write a circuit that is in no library; otherwise as `export_multiplier`.

    Args:
        entry: its name and figures, for comments.
        netlist: the circuit.
        path: of the file; its ending is the format.

    Returns:
        The path.
    """
    table = partial(product_table, netlist, signed=entry.signed)
    return _write(_Exported(entry, table, lambda: netlist), Path(path))


@dataclass(frozen=True)
class _Exported:
    entry: CatalogEntry
    table: Callable[[], npt.NDArray[np.int32]]
    netlist: Callable[[], Netlist]


def _write(exported: _Exported, target: Path) -> Path:
    suffix = target.suffix.lower()
    if suffix not in _WRITERS:
        raise unknown_name("format of a multiplier", suffix or str(target), _WRITERS)
    try:
        write_atomically(target, _WRITERS[suffix](exported))
    except StoreError as error:
        raise MultiplierError(str(error)) from error
    return target


def _bin(exported: _Exported) -> bytes:
    return exported.table().astype("<i2" if exported.entry.signed else "<u2").tobytes()


def _npy(exported: _Exported) -> bytes:
    buffer = BytesIO()
    np.save(buffer, exported.table())
    return buffer.getvalue()


def _verilog(exported: _Exported) -> bytes:
    name = exported.entry.name
    comment = f"{name}: {exported.entry.origin}\nA is the activation, B the weight."
    return to_verilog(exported.netlist(), name, comment=comment).encode()


def _blif(exported: _Exported) -> bytes:
    return to_blif(exported.netlist(), exported.entry.name).encode()


def _c(exported: _Exported) -> bytes:
    entry = exported.entry
    return to_c(exported.netlist(), entry.name, signed=entry.signed).encode()


_WRITERS: dict[str, Callable[[_Exported], bytes]] = {
    ".bin": _bin,
    ".npy": _npy,
    ".v": _verilog,
    ".blif": _blif,
    ".c": _c,
}
