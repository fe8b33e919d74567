"""Circuits that others have published, as points to compare a library with.

    name,signed,mae_pct,wce_pct,ep_pct,mre_pct,mse,pdk45_pwr_mw
    mul8u_1JFF,0,0.0,0.0,0.0,0.0,0.0,0.391

as EvoApproxLib states them (V. Mrazek et al., "EvoApprox8b", DATE 2017); other columns are
ignored. Where the table of a circuit lies beside the file, as NAME.bin, its error is computed
from that: printed figures are rounded. Power is compared relative to the
exact circuit of the same source.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from evoapproxnas.errors import MultiplierError
from evoapproxnas.files import read_rows
from evoapproxnas.multipliers import CatalogEntry, Library, load_library
from evoapproxnas.multipliers.importing import read_bin

Figure = Annotated[float, Field(ge=0, allow_inf_nan=False)]


@dataclass(frozen=True)
class _Row:
    """A circuit as the file states it."""

    name: Annotated[str, Field(min_length=1)]
    signed: Annotated[int, Field(ge=0, le=1)]
    mae_pct: Figure
    pdk45_pwr_mw: Figure
    wce_pct: Figure | None = None
    ep_pct: Figure | None = None
    mre_pct: Figure | None = None
    mse: Figure | None = None


@dataclass(frozen=True)
class PublishedPoint:
    """One circuit.

    Attributes:
        name: of the circuit.
        error: the error figure asked for, computed from the circuit's table or as it was printed.
        relative_power: of the exact circuit's.
    """

    name: str
    error: float
    relative_power: float


def read_published(path: Path, *, signed: bool, error: str) -> tuple[PublishedPoint, ...]:
    """Read the signed or the unsigned circuits of a file.

    Args:
        path: a CSV file as above.
        signed: which of them.
        error: column of the error figure.

    Raises:
        MultiplierError: if a file cannot be read, a column is missing, a value is no number, or
            there is no circuit without error, whose power is that of the exact one.
    """
    rows = [r for r in read_rows(_Row, path, error=MultiplierError) if r.signed == signed]
    exact_mw = max((row.pdk45_pwr_mw for row in rows if row.mae_pct == 0), default=0.0)
    if exact_mw == 0:
        kind = "signed" if signed else "unsigned"
        raise MultiplierError(
            f"{path}: expected an exact {kind} circuit, of mae_pct 0, with its power in "
            "pdk45_pwr_mw, to which the others are compared"
        )
    return tuple(
        PublishedPoint(
            name=row.name,
            error=_error(path, row, error, signed=signed),
            relative_power=row.pdk45_pwr_mw / exact_mw,
        )
        for row in rows
    )


def _error(path: Path, row: _Row, error: str, *, signed: bool) -> float:
    """Return the figure of a table, rounded as in a catalog; without a table the printed one."""
    table = path.with_name(f"{row.name}.bin")
    if not table.exists():
        printed: float | None = getattr(row, error)
        if printed is None:
            raise MultiplierError(f"{path}: {row.name} has neither {error} nor a table {table}")
        return printed
    products = read_bin(table, signed).astype(np.int32)
    entry = CatalogEntry.of_table(
        row.name, products, signed=signed, origin=str(table), power_uw=None
    )
    return float(getattr(entry, error))


def covered(
    points: Sequence[PublishedPoint], library: Library, *, signed: bool, error: str
) -> tuple[list[str], list[str]]:
    """Tell which published circuits a library has a match for.

    A match has no larger error and no larger power relative to the bundled exact circuit. Circuits
    without error or without power are left out.

    Returns:
        Names of those that have a match, and of those that have none.
    """
    entries = [entry for name in library if (entry := library.entry(name)).signed == signed]
    exact_uw = load_library().entry("exact8s" if signed else "exact8").power_uw or 0.0
    matched: tuple[list[str], list[str]] = ([], [])
    for point in points:
        if point.error == 0 or point.relative_power == 0:
            continue
        found = any(
            entry.power_uw is not None
            and entry.power_uw <= point.relative_power * exact_uw
            and getattr(entry, error) <= point.error
            for entry in entries
        )
        matched[0 if found else 1].append(point.name)
    return matched
