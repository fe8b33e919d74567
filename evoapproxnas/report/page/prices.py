"""What multipliers of a run take and err, by name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from evoapproxnas.errors import MultiplierError, UnknownNameError
from evoapproxnas.multipliers import (
    CLOCK_MHZ,
    CatalogEntry,
    Library,
    load_library,
    multiplier_name,
    named_groups,
)
from evoapproxnas.multipliers.narrow import OperandWidths
from evoapproxnas.quantization import exact_name


@dataclass(frozen=True)
class Price:
    """What is known of a multiplier here.

    Attributes:
        energy_pj: of one multiplication; None if it is unknown.
        relative: likewise, with the exact 8-bit multiplier of its signedness as 1.
        mae_pct: mean absolute error in percent of 2^16; None if the multiplier is unknown, or
            exact for operands of fewer bits, to which a network is quantized then.
    """

    energy_pj: float | None = None
    relative: float | None = None
    mae_pct: float | None = None


def prices(names: Iterable[str], folder: str | None) -> dict[str, Price]:
    """Look multipliers up.

    Args:
        names: of multipliers, with operand widths or without; or of several in one layer, whose
            figures are averaged over its channels.
        folder: of the run's own library; one that is not on this machine is done without.

    Returns:
        By name, all of them; nothing is known of those that are in no library here.
    """
    library = _library(folder)
    return {name: _price(name, library) for name in names}


def _library(folder: str | None) -> Library:
    if folder is not None and (Path(folder) / "catalog.csv").is_file():
        return load_library(folder)
    return load_library()


def _price(name: str, library: Library) -> Price:
    groups = named_groups(name)
    if len(groups) == 1:
        return _price_of_one(name, library)
    shares = [len(channels or (0,)) for _, channels in groups]
    found = [_price_of_one(each, library) for each, _ in groups]
    return Price(
        _average([price.energy_pj for price in found], shares),
        _average([price.relative for price in found], shares),
        _average([price.mae_pct for price in found], shares),
    )


def _average(figures: Sequence[float | None], shares: Sequence[int]) -> float | None:
    known = [figure for figure in figures if figure is not None]
    if len(known) < len(figures):
        return None
    return sum(f * n for f, n in zip(known, shares, strict=True)) / sum(shares)


def _price_of_one(name: str, library: Library) -> Price:
    try:
        entry = library.entry(multiplier_name(name))
    except (UnknownNameError, MultiplierError):
        return Price()
    energy, exact = _energy(entry), _energy(library.entry(exact_name(signed=entry.signed)))
    relative = None if energy is None or not exact else energy / exact
    narrow = OperandWidths.parse(entry.name) is not None
    return Price(energy, relative, None if narrow else entry.mae_pct)


def _energy(entry: CatalogEntry) -> float | None:
    return None if entry.power_uw is None else entry.power_uw / CLOCK_MHZ
