"""Bring multipliers into a library; what can be read, and which operand is which: `reading`."""

import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from evoapproxnas.circuits import mapped
from evoapproxnas.errors import MultiplierError
from evoapproxnas.multipliers.adding import add_multiplier
from evoapproxnas.multipliers.catalog import CatalogEntry
from evoapproxnas.multipliers.library import load_library
from evoapproxnas.multipliers.multiplier import Multiplier, digest
from evoapproxnas.multipliers.names import check_name
from evoapproxnas.multipliers.reading import (
    ImportNotice,
    NetlistOptions,
    ReadMultiplier,
    Source,
    read_multiplier,
    source_label,
)


def import_multiplier(
    source: Source,
    *,
    name: str | None = None,
    signed: bool = False,
    swap: bool = False,
    power_uw: float | None = None,
    library: str | Path | None = None,
    netlist: NetlistOptions | None = None,
    notify: Callable[[str], None] | None = None,
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
        netlist: how a netlist is read: ports, top module, more files, time limit.
        notify: is given a sentence for each thing that was assumed, or looks wrong; None makes
            them Python warnings.

    Returns:
        The entry that the library has.

    Raises:
        MultiplierError: if the source is no 8x8 multiplier, is closer to a product in the other
            interpretation of its sign or bits, if its name is taken by another multiplier, or if
            power is given for a circuit.
        NetlistError: if a netlist is not well formed, or its ports do not tell what they are.
        UnknownNameError: if the ending of the file is of no known format.
    """
    label = _label(source, name)
    read = read_multiplier(source, signed=signed, swap=swap, netlist=netlist or NetlistOptions())
    notes = (*read.notes, *_transposed_twin(label, read, library))
    entry = _added(label, read, _origin(source, swap), power_uw, library)
    for note in notes:
        if notify is None:
            warnings.warn(f"{entry.name}: {note}", ImportNotice, stacklevel=2)
        else:
            notify(note)
    return entry


def _added(
    label: str,
    read: ReadMultiplier,
    origin: str,
    power_uw: float | None,
    library: str | Path | None,
) -> CatalogEntry:
    """Put what was read into a library, its circuit where there is one."""
    signed = read.signed
    if read.netlist is not None:
        if power_uw is not None:
            raise MultiplierError(
                f"the power of {label!r} is computed from its circuit; leave out power_uw "
                "(--power-uw), or import its table"
            )
        circuit = mapped(read.netlist)  # What it costs should not depend on how it was written.
        entry = CatalogEntry.measure(label, circuit, signed=signed, origin=origin)
        return add_multiplier(entry, circuit, library=library)
    table = Multiplier.from_table(label, read.table, signed=signed, power_uw=power_uw).table
    entry = CatalogEntry.of_table(label, table, signed=signed, origin=origin, power_uw=power_uw)
    kept = add_multiplier(entry, table, library=library)
    if power_uw is not None and kept.power_uw != power_uw:
        raise MultiplierError(
            f"{label!r} is in the library already, with power_uw = {kept.power_uw} instead of "
            f"{power_uw}; choose another name with --name"
        )
    return kept


def _label(source: Source, name: str | None) -> str:
    label = source_label(source) if name is None else name
    return check_name(label)


def _origin(source: Source, swap: bool) -> str:
    what = "a Python function" if callable(source) else Path(source).name
    return f"imported from {what}{', operands swapped' if swap else ''}"


def _transposed_twin(
    label: str, read: ReadMultiplier, library: str | Path | None
) -> tuple[str, ...]:
    """Name the multiplier of the library that is this one with its operands exchanged."""
    if np.array_equal(read.table, read.table.T):
        return ()
    exists = library is not None and Path(library, "catalog.csv").is_file()
    known = load_library(library if exists else None)
    wanted = digest(read.table.T, signed=read.signed)
    twins = [name for name in known if known.entry(name).digest == wanted]
    return tuple(
        f"{twin} in the library is this table with activation and weight exchanged"
        for twin in twins[:1]
    )
