"""What the power of a multiplier is compared with: an exact circuit, and which one.

Circuits of one source share a style: the same synthesis, the same cells. What a source publishes
is relative to its own exact circuit, which in this package's power model may need more or less
than the bundled one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from evoapproxnas.errors import MultiplierError
from evoapproxnas.files import locked
from evoapproxnas.multipliers.catalog import CatalogEntry, read_catalog, write_catalog
from evoapproxnas.multipliers.library import Library, load_library
from evoapproxnas.multipliers.user_library import user_folder


@dataclass(frozen=True)
class RelativePower:
    """Power of a multiplier as a share of that of an exact one; None where either is unknown.

    Attributes:
        share: power over that of the exact one.
        reference: name of the exact one.
    """

    share: float | None
    reference: str


def relative_power(library: Library, name: str, *, reference: str | None = None) -> RelativePower:
    """Compare a multiplier with an exact one.

    Args:
        library: that knows it.
        name: of the multiplier.
        reference: name of the exact one, which counts for multipliers of its signedness; by
            default what the catalog names, else the bundled exact one.

    Returns:
        The share, and which one it is compared with.

    Raises:
        UnknownNameError: if there is no such name.
        MultiplierError: if the reference is not exact or its power unknown.
    """
    entry = library.entry(name)
    exact = load_library().entry("exact8s" if entry.signed else "exact8")
    if entry.reference is not None and entry.reference in library:
        exact = library.entry(entry.reference)
    if reference is not None:
        chosen = exact_entry(reference, library)
        exact = chosen if chosen.signed == entry.signed else exact
    share = None
    if entry.power_uw is not None and exact.power_uw:
        share = entry.power_uw / exact.power_uw
    return RelativePower(share, exact.name)


def exact_entry(name: str, library: Library) -> CatalogEntry:
    """Return an exact multiplier of known power, of a library or the bundled one.

    Raises:
        UnknownNameError: if there is no such name.
        MultiplierError: if it is not exact or its power unknown.
    """
    entry = library.entry(name) if name in library else load_library().entry(name)
    if entry.wce_pct != 0 or not entry.power_uw:
        found = (
            f"its power is {entry.power_uw} uW"
            if entry.wce_pct == 0
            else (f"its worst-case error is {entry.wce_pct:.3g} %")
        )
        raise MultiplierError(
            f"a reference (--reference) is an exact multiplier of known power, but of "
            f"{entry.name!r} {found}; choose the exact one of the same source"
        )
    return entry


def refer(
    names: Iterable[str], reference: str, *, library: str | Path | None = None
) -> tuple[CatalogEntry, ...]:
    """Let multipliers of a library be compared with an exact one of it, from now on.

    Args:
        names: in that library.
        reference: name of the exact one; it may be among them.
        library: its folder; by default the user's own.

    Returns:
        The entries of these names, in their order.

    Raises:
        UnknownNameError: if there is no such name.
        MultiplierError: if the reference is not exact, its power is unknown or of the other
            signedness, or the library cannot be written.
    """
    folder = user_folder() if library is None else Path(library)
    with locked(folder, wait=True):
        own = Library(folder)
        exact = exact_entry(reference, own)
        entries = [own.entry(name) for name in names]
        for entry in entries:
            if entry.signed != exact.signed:
                kinds = ("signed", "unsigned") if entry.signed else ("unsigned", "signed")
                raise MultiplierError(
                    f"{entry.name!r} is {kinds[0]}, but its reference {exact.name!r} is "
                    f"{kinds[1]}; give one of the same signedness (--reference)"
                )
        referring = {entry.name: replace(entry, reference=exact.name) for entry in entries}
        catalog = folder / "catalog.csv"
        write_catalog(catalog, [referring.get(old.name, old) for old in read_catalog(catalog)])
    return tuple(referring.values())
