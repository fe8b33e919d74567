"""Bring multipliers into a library: binary tables, NumPy files, Python callables, netlists.

    .bin    65,536 little-endian 16-bit products, index 256 * first + second (TFApprox)
    .npy    integers of shape (256, 256), [first, second]
    .blif   a flat combinational model
    .v      the structural form this package writes; anything else through Yosys
    MODULE:FUNCTION   called with every pair of operand values

The first operand is the activation unless `swap` is given: most approximate multipliers are not
commutative. To add a format, add a reader to `_READERS`.
"""

import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.circuits import (
    Cell,
    Netlist,
    load_blif,
    load_verilog,
    mapped,
    product_table,
)
from evoapproxnas.circuits.netlist import FIRST_INPUT
from evoapproxnas.errors import MultiplierError, NetlistError, unknown_name
from evoapproxnas.multipliers.adding import add_multiplier
from evoapproxnas.multipliers.catalog import CatalogEntry
from evoapproxnas.multipliers.error_metrics import exact_table, operand_values
from evoapproxnas.multipliers.multiplier import Multiplier
from evoapproxnas.multipliers.names import check_name

Products = npt.NDArray[np.int64]
Circuit = Netlist | Products
PythonMultiplier = Callable[[int, int], int]

_CLEARLY = 2.0
"""How many times closer the other interpretation must be for an import to be refused."""


def import_multiplier(
    source: str | Path | PythonMultiplier,
    *,
    name: str | None = None,
    signed: bool = False,
    swap: bool = False,
    power_uw: float | None = None,
    library: str | Path | None = None,
) -> CatalogEntry:
    """Add a multiplier to the user's library; `load_library()` has it at once.

    Args:
        source: a file, "module:function", or a Python function of two operand values.
        name: a label of letters, digits, _ and -; by default that of the file or function.
        signed: whether operands and product are two's complement.
        swap: whether the first operand of the source is the weight.
        power_uw: of a table, if it is known from elsewhere: the energy of a network is then known
            as well. That of a circuit is computed.
        library: its folder; by default the user's own.

    Raises:
        MultiplierError: if the source is no 8x8 multiplier, is closer to a product in the other
            interpretation of its sign, if its name is taken by another multiplier, or if power is
            given for a circuit.
        NetlistError: if a netlist is not well formed.
        UnknownNameError: if the ending of the file is of no known format.
    """
    label = _label(source, name)
    circuit = _swapped(_read(source, signed)) if swap else _read(source, signed)
    if isinstance(circuit, Netlist):
        if power_uw is not None:
            raise MultiplierError(
                f"the power of {label!r} is computed from its circuit; leave out power_uw "
                "(--power-uw), or import its table"
            )
        _check_sign(label, product_table(circuit, signed=signed), signed)
        circuit = mapped(circuit)
        entry = CatalogEntry.measure(label, circuit, signed=signed, origin=_origin(source, swap))
        return add_multiplier(entry, circuit, library=library)
    _check_sign(label, circuit, signed)
    table = Multiplier.from_table(label, circuit, signed=signed, power_uw=power_uw).table
    entry = CatalogEntry.of_table(
        label, table, signed=signed, origin=_origin(source, swap), power_uw=power_uw
    )
    kept = add_multiplier(entry, table, library=library)
    if power_uw is not None and kept.power_uw != power_uw:
        raise MultiplierError(
            f"{label!r} is in the library already, with power_uw = {kept.power_uw} instead of "
            f"{power_uw}; choose another name with --name"
        )
    return kept


def _label(source: str | Path | PythonMultiplier, name: str | None) -> str:
    if name is None:
        if callable(source):
            name = getattr(source, "__name__", "")
        else:
            name = str(source).rpartition(":")[2] if _is_function(source) else Path(source).stem
    return check_name(name)


def _origin(source: str | Path | PythonMultiplier, swap: bool) -> str:
    what = "a Python function" if callable(source) else Path(source).name
    return f"imported from {what}{', operands swapped' if swap else ''}"


def _is_function(source: str | Path) -> bool:
    return re.fullmatch(r"[\w.]+:\w+", str(source)) is not None


def _read(source: str | Path | PythonMultiplier, signed: bool) -> Circuit:
    if callable(source):
        return _evaluated(source, signed)
    if _is_function(source):
        return _evaluated(_function(str(source)), signed)
    path = Path(source)
    if path.suffix.lower() not in _READERS:
        raise unknown_name("format of a multiplier", path.suffix or str(path), _READERS)
    return _READERS[path.suffix.lower()](path, signed)


def read_bin(path: Path, signed: bool) -> Products:
    """Read the products [first, second] of a `.bin` file, int64 (256, 256).

    Raises:
        MultiplierError: if it cannot be read or has another size.
    """
    data = _bytes(path)
    if len(data) != 2 * 65536:
        raise MultiplierError(
            f"{path}: expected 131072 bytes, 65,536 little-endian 16-bit products, got {len(data)}"
        )
    products = np.frombuffer(data, "<i2" if signed else "<u2")
    return products.reshape(256, 256).astype(np.int64)


def _read_npy(path: Path, signed: bool) -> Products:
    _bytes(path)
    try:
        array = np.load(path, allow_pickle=False)
    except ValueError as error:
        raise MultiplierError(f"{path} is not a NumPy array of integers: {error}") from error
    if signed and array.dtype == np.uint16:
        array = array.view(np.int16)  # raw bit patterns
    return Multiplier.from_table(path.stem, array, signed=signed).table.astype(np.int64)


def _read_blif(path: Path, signed: bool) -> Netlist:
    return load_blif(path)


def _read_verilog(path: Path, signed: bool) -> Netlist:
    try:
        return load_verilog(path)
    except NetlistError as error:
        from evoapproxnas.circuits.yosys import load_any_verilog, yosys_is_installed

        _bytes(path)
        if yosys_is_installed():
            return load_any_verilog(path)
        raise NetlistError(
            f"{error}; Verilog that this package did not write needs Yosys: pip install "
            "'evoapproxnas[verilog]'"
        ) from error


_READERS: dict[str, Callable[[Path, bool], Circuit]] = {
    ".bin": read_bin,
    ".npy": _read_npy,
    ".blif": _read_blif,
    ".v": _read_verilog,
}


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MultiplierError(f"cannot read {path}: {error.strerror}") from error


def _function(source: str) -> PythonMultiplier:
    module, _, name = source.partition(":")
    try:
        function: Any = getattr(import_module(module), name)
    except (ImportError, AttributeError) as error:
        raise MultiplierError(
            f"{source}: {error}; expected an importable MODULE:FUNCTION of two operands"
        ) from error
    return function


def _evaluated(function: PythonMultiplier, signed: bool) -> Products:
    values = operand_values(signed=signed).tolist()
    rows = [[function(a, w) for w in values] for a in values]
    try:
        table = np.array(rows)
    except (TypeError, ValueError) as error:
        raise MultiplierError(f"{function!r} does not return integers: {error}") from error
    return Multiplier.from_table(repr(function), table, signed=signed).table.astype(np.int64)


def _swapped(circuit: Circuit) -> Circuit:
    if not isinstance(circuit, Netlist):
        return circuit.T
    first = FIRST_INPUT
    renamed = {first + bit: first + (bit + 8) % 16 for bit in range(16)}
    cells = tuple(
        Cell(cell.kind, tuple(renamed.get(net, net) for net in cell.inputs))
        for cell in circuit.cells
    )
    return Netlist(cells, tuple(renamed.get(net, net) for net in circuit.outputs))


def _check_sign(name: str, table: npt.NDArray[Any], signed: bool) -> None:
    """Raise MultiplierError if 16-bit products are much closer to those of the other sign."""
    declared, other = _distance(table, signed), _distance(table, not signed)
    if declared > _CLEARLY * other:
        kinds = ("signed", "unsigned") if signed else ("unsigned", "signed")
        advice = "leave out signed (--signed)" if signed else "give signed=True (--signed)"
        raise MultiplierError(
            f"{name!r} was declared {kinds[0]}, but read as {kinds[1]} it is closer to a product: "
            f"mean error {100 * other:.3g} % instead of {100 * declared:.3g} % of the mean "
            f"product; {advice}"
        )


def _distance(table: npt.NDArray[Any], signed: bool) -> float:
    """Return the mean error of 16-bit patterns relative to the mean size of a product."""
    products = table.astype(np.int64) & 0xFFFF
    if signed:
        products = (products ^ 0x8000) - 0x8000
    exact = exact_table(signed=signed)
    return float(np.abs(products - exact).mean() / np.abs(exact).mean())
