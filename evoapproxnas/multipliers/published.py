"""How a library stands against published figures of multipliers, such as EvoApproxLib's.

Power is compared relative to the exact circuit of the same source and signedness, so that the
technology and the way of measuring cancel out.
"""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from evoapproxnas.errors import MultiplierError
from evoapproxnas.multipliers.catalog import CatalogEntry

_SIGNED = {"1": True, "0": False}


@dataclass(frozen=True)
class PublishedPoint:
    """One published circuit; `relative_power` is 1.0 for the exact one of its source."""

    name: str
    signed: bool
    mae_pct: float
    relative_power: float


@dataclass(frozen=True)
class Match:
    """A published point and what a library has for it.

    Attributes:
        point: the published one.
        name: of the circuit of the least power among those of no larger MAE.
        relative_power: of that circuit, to the exact one of the library.
    """

    point: PublishedPoint
    name: str
    relative_power: float

    @property
    def reached(self) -> bool:
        """Whether the library's circuit needs no more power."""
        return self.relative_power <= self.point.relative_power


def read_published(path: Path) -> tuple[PublishedPoint, ...]:
    """Read published points with some error and some power.

    Args:
        path: CSV with the columns name, signed (0 or 1), mae_pct and pdk45_pwr_mw; a circuit
            without error of either signedness is the exact one.

    Raises:
        MultiplierError: if the file cannot be read, or an exact circuit is missing.
    """
    try:
        with path.open(newline="", encoding="utf-8") as file:
            rows = [
                PublishedPoint(
                    row["name"],
                    _SIGNED[row["signed"]],
                    float(row["mae_pct"]),
                    float(row["pdk45_pwr_mw"]),
                )
                for row in csv.DictReader(file, strict=True)
            ]
    except (OSError, UnicodeDecodeError, csv.Error, KeyError, TypeError, ValueError) as error:
        raise MultiplierError(
            f"cannot read published figures from {path}: {error!r}; expected a CSV with the "
            "columns name, signed, mae_pct and pdk45_pwr_mw"
        ) from error
    exact_mw = {row.signed: row.relative_power for row in rows if row.mae_pct == 0}
    points = [row for row in rows if row.mae_pct > 0 and row.relative_power > 0]
    if missing := {row.signed for row in points} - set(exact_mw):
        kinds = " and ".join("signed" if signed else "unsigned" for signed in missing)
        raise MultiplierError(f"{path} has no exact {kinds} circuit to compare power with")
    return tuple(
        PublishedPoint(p.name, p.signed, p.mae_pct, p.relative_power / exact_mw[p.signed])
        for p in points
    )


def match_published(
    entries: Iterable[CatalogEntry], points: Sequence[PublishedPoint]
) -> tuple[Match, ...]:
    """Find what a library has for every published point.

    Args:
        entries: of the library; its exact circuits are those named `mul8u_exact` and
            `mul8s_exact`.
        points: published ones.

    Raises:
        MultiplierError: if the library has no such exact circuit with a power.
    """
    measured = [(entry, entry.power_uw) for entry in entries if entry.power_uw is not None]
    exact_uw = {
        entry.signed: power_uw
        for entry, power_uw in measured
        if entry.name in {"mul8u_exact", "mul8s_exact"}
    }
    matches = []
    for point in points:
        if point.signed not in exact_uw:
            raise MultiplierError(
                f"{point.name}: the library has no exact circuit of its signedness to compare "
                "with, by name mul8u_exact or mul8s_exact"
            )
        power_uw, name = min(
            (power_uw, entry.name)
            for entry, power_uw in measured
            if entry.signed == point.signed and entry.mae_pct <= point.mae_pct
        )
        matches.append(Match(point, name, power_uw / exact_uw[point.signed]))
    return tuple(matches)
