"""The catalog of a library: one CSV row per circuit with everything but its table."""

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Self

from evoapproxnas.circuits import Netlist, circuit_cost, product_table
from evoapproxnas.errors import MultiplierError
from evoapproxnas.multipliers.error_metrics import error_figures
from evoapproxnas.multipliers.multiplier import digest

_BOOLEANS = {"True": True, "False": False}


@dataclass(frozen=True)
class CatalogEntry:
    """Identity, error and cost of one circuit, named and defined as in `Multiplier`.

    Attributes:
        gates: number of cells.
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
    power_uw: float
    area_um2: float
    delay_ns: float
    gates: int
    origin: str

    @classmethod
    def measure(cls, name: str, netlist: Netlist, *, signed: bool, origin: str) -> Self:
        """Compute a circuit's entry by exhaustive simulation; figures have six digits.

        Raises:
            NetlistError: if the circuit is not a multiplier.
        """
        table = product_table(netlist, signed=signed)
        cost = circuit_cost(netlist)
        figures = asdict(error_figures(table, signed=signed))
        figures |= {key: getattr(cost, key) for key in ("power_uw", "area_um2", "delay_ns")}
        return cls(
            name=name,
            signed=signed,
            digest=digest(table, signed=signed),
            gates=cost.gates,
            origin=origin,
            **{key: float(f"{value:.6g}") for key, value in figures.items()},
        )


_COLUMNS = tuple(field.name for field in fields(CatalogEntry))


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
    missing = set(_COLUMNS) - set(reader.fieldnames or ())
    if missing:
        raise MultiplierError(f"{path}:1: columns {', '.join(sorted(missing))} are missing")
    entries: dict[str, CatalogEntry] = {}
    for line, row in rows:
        entry = _entry(row, f"{path}:{line}")
        if entry.name in entries:
            raise MultiplierError(f"{path}:{line}: the name {entry.name!r} comes twice")
        entries[entry.name] = entry
    return tuple(entries.values())


def _entry(row: dict[str, str], where: str) -> CatalogEntry:
    try:
        numbers = {
            field.name: float(row[field.name])
            for field in fields(CatalogEntry)
            if field.type is float
        }
        return CatalogEntry(
            name=row["name"],
            signed=_BOOLEANS[row["signed"]],
            digest=row["digest"],
            gates=int(row["gates"]),
            origin=row["origin"],
            **numbers,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise MultiplierError(f"{where}: this row is not a catalog entry: {error}") from error
