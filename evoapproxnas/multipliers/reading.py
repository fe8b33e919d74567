"""Read multipliers of other people: binary tables, NumPy files, Python functions, netlists.

    .bin      65,536 little-endian 16-bit products, index 256 * first + second (TFApprox)
    .npy      whole numbers of shape (256, 256), [first, second], or 65,536 in that order
    .blif     a flat combinational model
    .v, .sv   the structural form this package writes; anything else through Yosys
    MODULE:FUNCTION   called with every pair of operand values

Which operand is which: the activation is the row of a table, the first argument of a function, and
operand A of a netlist, which is the input called A or else the one declared first; `ports` of
`circuits` says it in full. `swap` exchanges the two. Most approximate multipliers are not
commutative.

Nothing here knows a library. To add a format, add a reader to `_TABLE_READERS` or
`_NETLIST_READERS`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from evoapproxnas.circuits import Netlist, load_verilog, product_table
from evoapproxnas.circuits.blif import load_any_blif
from evoapproxnas.circuits.foreign import ForeignCircuit
from evoapproxnas.circuits.port_layout import PortLayout
from evoapproxnas.circuits.yosys import load_any_verilog
from evoapproxnas.circuits.yosys_process import TIME_LIMIT_S, YosysProcess, yosys_is_installed
from evoapproxnas.errors import MultiplierError, NetlistError, unknown_name
from evoapproxnas.multipliers.bit_orders import check_bit_order
from evoapproxnas.multipliers.python_functions import (
    PythonMultiplier,
    load_function,
    names_function,
    tabulate,
)
from evoapproxnas.multipliers.reading_notes import notes_on
from evoapproxnas.multipliers.swapping import swapped
from evoapproxnas.multipliers.table_files import read_bin, read_npy
from evoapproxnas.multipliers.table_readings import (
    TableReading,
    check_sign,
    read_values,
    relative_error,
)

__all__ = [
    "NetlistOptions",
    "PythonMultiplier",
    "ReadMultiplier",
    "Source",
    "read_multiplier",
    "read_table",
    "source_label",
]

Source = str | Path | PythonMultiplier


class ImportNotice(UserWarning):
    """What an import assumed, or what looks wrong with it."""


@dataclass(frozen=True)
class NetlistOptions:
    """How a netlist is read.

    Attributes:
        ports: which ports are what, such as "a=x,b=y,product=hi:lo" (`circuits.port_layout`);
            None takes them by their names.
        top: module of a Verilog design; None finds the multiplier.
        others: more files of the same Verilog design.
        time_limit_s: of a run of Yosys.
        notify: is given a line before a start of Yosys that takes minutes.
    """

    ports: str | None = None
    top: str | None = None
    others: Sequence[str | Path] = ()
    time_limit_s: float = TIME_LIMIT_S
    notify: Callable[[str], None] | None = None

    @property
    def layout(self) -> PortLayout | None:
        """The ports as they are parsed."""
        return None if self.ports is None else PortLayout.parse(self.ports)

    @property
    def process(self) -> YosysProcess:
        """How Yosys runs."""
        if self.notify is None:
            return YosysProcess(self.time_limit_s)
        return YosysProcess(self.time_limit_s, self.notify)


_PLAIN = NetlistOptions()


@dataclass(frozen=True, eq=False)
class ReadMultiplier:
    """A multiplier as it was read, and what was assumed.

    Attributes:
        label: a name that follows from the source; not checked.
        table: products by codes, int32, shape (256, 256), [activation, weight].
        signed: whether codes and products are two's complement.
        netlist: the circuit, where the source is one.
        notes: sentences about what was assumed, and what looks wrong.
    """

    label: str
    table: npt.NDArray[np.int32]
    signed: bool
    netlist: Netlist | None
    notes: tuple[str, ...]


def read_multiplier(
    source: Source,
    *,
    signed: bool = False,
    swap: bool = False,
    netlist: NetlistOptions = _PLAIN,
    label: str | None = None,
) -> ReadMultiplier:
    """Read a multiplier from a file, "module:function" or a Python function.

    Args:
        source: of operand values where it is a function.
        signed: whether operands and product are two's complement.
        swap: whether the first operand of the source is the weight.
        netlist: how a netlist is read.
        label: what it is called in messages; None is the name that follows from the source.

    Raises:
        MultiplierError: if the source is no 8x8 multiplier, or is closer to a product in the other
            signedness.
        NetlistError: if a netlist is not well formed, or its ports do not tell what they are.
        UnknownNameError: if the ending of the file is of no known format.
    """
    label = source_label(source) if label is None else label
    if callable(source) or names_function(source):
        function = source if callable(source) else load_function(str(source))
        return _of_table(label, tabulate(label, function, signed=signed), signed, swap, _ARGUMENTS)
    path = Path(source)
    suffix = path.suffix.lower()
    if suffix in _TABLE_READERS:
        if netlist.ports or netlist.top or netlist.others:
            raise MultiplierError(
                f"{path} is a table; ports, top and others (--ports, --top, --with) are for "
                "netlists"
            )
        return _of_table(label, _TABLE_READERS[suffix](path, signed), signed, swap, _INDICES)
    if suffix in _NETLIST_READERS:
        _check_readable(path)
        circuit = _NETLIST_READERS[suffix](path, netlist)
        return _of_circuit(label, circuit, signed, swap, trusted=netlist.ports is not None)
    raise unknown_name(
        "format of a multiplier", suffix or str(path), [*_TABLE_READERS, *_NETLIST_READERS]
    )


def read_table(path: str | Path, *, signed: bool = False) -> npt.NDArray[np.int32]:
    """Read the products [first, second] of a `.bin` or `.npy` file, int32 (256, 256).

    Args:
        path: of the file.
        signed: whether codes and products are two's complement.

    Raises:
        MultiplierError: if it cannot be read or is no table.
        UnknownNameError: if its ending is of no table.
    """
    file = Path(path)
    suffix = file.suffix.lower()
    if suffix not in _TABLE_READERS:
        raise unknown_name("format of a table", suffix or str(file), _TABLE_READERS)
    return _TABLE_READERS[suffix](file, signed).table


def source_label(source: Source) -> str:
    """Return the name that follows from a source."""
    if callable(source):
        return getattr(source, "__name__", "")
    return str(source).rpartition(":")[2] if names_function(source) else Path(source).stem


_MOST_NETS = 60_000
"""Of a circuit; each takes 8 KiB when all products are computed."""
_ARGUMENTS = ("the first argument", "the second argument")
_INDICES = ("the first index (row)", "the second index (column)")


def _of_table(
    label: str, reading: TableReading, signed: bool, swap: bool, operands: tuple[str, str]
) -> ReadMultiplier:
    table = np.ascontiguousarray(reading.table.T) if swap else reading.table
    said = notes_on(
        label,
        table,
        signed=signed,
        operands=operands[::-1] if swap else operands,
        is_table=True,
    )
    notes = (*reading.notes, *said)
    return ReadMultiplier(label, table, signed, None, notes)


def _of_circuit(
    label: str, circuit: ForeignCircuit, signed: bool, swap: bool, *, trusted: bool
) -> ReadMultiplier:
    if circuit.netlist.net_count > _MOST_NETS:
        raise NetlistError(
            f"{label!r} has {circuit.netlist.net_count:,} nets, expected at most {_MOST_NETS:,}, "
            "which is far more than any 8x8 multiplier needs; import its table instead"
        )
    netlist = swapped(circuit.netlist) if swap else circuit.netlist
    table = product_table(netlist, signed=signed)
    error = relative_error(table, signed=signed)
    other = relative_error(product_table(netlist, signed=not signed), signed=not signed)
    check_sign(label, error, other, signed)
    first, second = circuit.operands[::-1] if swap else circuit.operands
    if not trusted:
        check_bit_order(label, table, signed=signed, operands=(first, second))
    said = notes_on(
        label,
        table,
        signed=signed,
        operands=(f"input {first}", f"input {second}"),
        is_table=False,
    )
    return ReadMultiplier(label, table, signed, netlist, (*circuit.notes, *said))


def _check_readable(path: Path) -> None:
    try:
        with path.open("rb"):
            return
    except OSError as error:
        raise MultiplierError(f"cannot read {path}: {error.strerror}") from error


def _bin(path: Path, signed: bool) -> TableReading:
    return read_values(path.stem, read_bin(path), signed=signed, any_bytes=True)


def _npy(path: Path, signed: bool) -> TableReading:
    return read_values(path.stem, read_npy(path), signed=signed)


def _blif(path: Path, options: NetlistOptions) -> ForeignCircuit:
    if options.top or options.others:
        raise MultiplierError(f"{path} is BLIF: top and others (--top, --with) are for Verilog")
    return load_any_blif(path, layout=options.layout)


def _verilog(path: Path, options: NetlistOptions) -> ForeignCircuit:
    """Read Verilog of this package by itself, anything else through Yosys."""
    if options == NetlistOptions(time_limit_s=options.time_limit_s, notify=options.notify):
        try:
            return ForeignCircuit(load_verilog(path), ("A", "B"))
        except NetlistError as error:
            if not yosys_is_installed():
                raise NetlistError(
                    f"{error}; Verilog that this package did not write needs Yosys: pip install "
                    "'evoapproxnas[verilog]'"
                ) from error
    return load_any_verilog(
        path,
        others=[Path(other) for other in options.others],
        top=options.top,
        layout=options.layout,
        process=options.process,
    )


_TABLE_READERS: dict[str, Callable[[Path, bool], TableReading]] = {".bin": _bin, ".npy": _npy}
_NETLIST_READERS: dict[str, Callable[[Path, NetlistOptions], ForeignCircuit]] = {
    ".blif": _blif,
    ".v": _verilog,
    ".sv": _verilog,
}
