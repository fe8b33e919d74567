"""The catalog of a library: one CSV row per circuit with everything but its table."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from evoapproxnas.circuits import Netlist, circuit_cost, product_table
from evoapproxnas.errors import MultiplierError
from evoapproxnas.multipliers.error_metrics import error_figures
from evoapproxnas.multipliers.factorize import factorize
from evoapproxnas.multipliers.multiplier import digest

_BOOLEANS = {"True": True, "False": False}
_READERS: dict[Any, Callable[[str], Any]] = {
    str: str,
    bool: _BOOLEANS.__getitem__,
    float: float,
    float | None: lambda text: float(text) if text else None,
    int | None: lambda text: int(text) if text else None,
}


@dataclass(frozen=True)
class CatalogEntry:
    """Identity, error and cost of one circuit, named and defined as in `Multiplier`.

    Gates are None for a multiplier that is known as a table only; so are power, area and delay
    unless they were given.

    Attributes:
        gates: number of cells.
        terms: ordinary multiplications that make up an approximate one, as `factorize` finds
            them; None in catalogs that were written without.
        origin: how the circuit came about.
    """

    name: str
    signed: bool
    digest: str
    mae_pct: float
    wce_pct: float
    ep_pct: float
    mse: float
    mre_pct: float
    power_uw: float | None
    area_um2: float | None
    delay_ns: float | None
    gates: int | None
    terms: int | None
    origin: str

    @classmethod
    def measure(
        cls, name: str, netlist: Netlist, *, signed: bool, origin: str, factorized: bool = True
    ) -> Self:
        """Compute a circuit's entry by exhaustive simulation; figures have six digits.

        Args:
            name: a label.
            netlist: the circuit.
            signed: two's complement.
            origin: how the circuit came about.
            factorized: count the terms as well, which takes longer than all the rest.

        Raises:
            NetlistError: if the circuit is not a multiplier.
        """
        cost = circuit_cost(netlist)
        costs = {key: _six(getattr(cost, key)) for key in ("power_uw", "area_um2", "delay_ns")}
        table = product_table(netlist, signed=signed)
        return cls(
            name=name,
            signed=signed,
            digest=digest(table, signed=signed),
            gates=cost.gates,
            terms=factorize(table).terms if factorized else None,
            origin=origin,
            **_rounded_figures(table, signed),
            **costs,
        )

    @classmethod
    def of_table(
        cls,
        name: str,
        table: npt.NDArray[np.int32],
        *,
        signed: bool,
        origin: str,
        power_uw: float | None = None,
        area_um2: float | None = None,
        delay_ns: float | None = None,
    ) -> Self:
        """Compute the entry of a multiplier without a circuit; figures have six digits.

        Power, area and delay are taken as they are given: somebody else measured them.
        """
        return cls(
            name=name,
            signed=signed,
            digest=digest(table, signed=signed),
            power_uw=power_uw,
            area_um2=area_um2,
            delay_ns=delay_ns,
            gates=None,
            terms=factorize(table).terms,
            origin=origin,
            **_rounded_figures(table, signed),
        )


def _rounded_figures(table: npt.NDArray[np.int32], signed: bool) -> dict[str, float]:
    figures = asdict(error_figures(table, signed=signed))
    return {key: _six(value) for key, value in figures.items()}


def _six(value: float) -> float:
    return float(f"{value:.6g}")


_COLUMNS = tuple(field.name for field in fields(CatalogEntry))
_OPTIONAL = {"terms": ""}


def write_catalog(path: Path, entries: Iterable[CatalogEntry]) -> None:
    """Write entries in the given order."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, _COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(asdict(entry) for entry in entries)


def read_catalog(path: Path) -> tuple[CatalogEntry, ...]:
    """Read the entries of a catalog.

    Raises:
        MultiplierError: naming file and line, if the file cannot be read, a column is missing,
            a value is of the wrong type or a name comes twice.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file, strict=True)
            rows = [(reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise MultiplierError(
            f"cannot read the catalog {path}: {error}; expected a folder with catalog.csv and "
            "netlists/, such as the multipliers/ folder of this package"
        ) from error
    missing = set(_COLUMNS) - set(reader.fieldnames or ()) - set(_OPTIONAL)
    if missing:
        raise MultiplierError(f"{path}:1: columns {', '.join(sorted(missing))} are missing")
    entries: dict[str, CatalogEntry] = {}
    for line, row in rows:
        entry = _entry(_OPTIONAL | row, f"{path}:{line}")
        if entry.name in entries:
            raise MultiplierError(f"{path}:{line}: the name {entry.name!r} comes twice")
        entries[entry.name] = entry
    return tuple(entries.values())


def _entry(row: dict[str, str], where: str) -> CatalogEntry:
    try:
        return CatalogEntry(
            **{
                field.name: _READERS[field.type](row.get(field.name) or "")
                for field in fields(CatalogEntry)
            }
        )
    except (KeyError, TypeError, ValueError) as error:
        raise MultiplierError(f"{where}: this row is not a catalog entry: {error}") from error
