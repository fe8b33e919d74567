"""A library in a notebook: how many circuits, how they lie, and the best of them."""

from collections.abc import Iterable, Sequence

from evoapproxnas.html import Dot, beside, card, number, scatter, scrolled, table
from evoapproxnas.multipliers.catalog import CatalogEntry
from evoapproxnas.pareto import non_dominated
from evoapproxnas.wording import several

_MOST_ROWS = 8
"""Of each signedness."""
_COLUMNS = ("MAE (% of 2^16)", "WCE (% of 2^16)", "power (uW)", "delay (ns)", "gates")


def library_card(entries: Sequence[CatalogEntry], folders: Iterable[object]) -> str:
    """Return HTML about a library, which computes no table.

    Args:
        entries: of its catalogs.
        folders: where it lies.
    """
    signed = sum(entry.signed for entry in entries)
    fronts = [_front([e for e in entries if e.signed is kind]) for kind in (False, True)]
    best = {entry.name for front in fronts for entry in front}
    dots = [
        Dot(entry.power_uw, entry.mae_pct, _told(entry), dim=entry.name not in best)
        for entry in entries
        if entry.power_uw is not None
    ]
    picture = scatter(
        dots,
        x_label="power (uW)",
        y_label="MAE (% of 2^16), logarithmic",
        told="circuits by power and error",
        log_y=True,
    )
    rows = [_row(entry) for front in fronts for entry in _spread(front)]
    return card(
        f"Library of {several(len(entries), 'multiplier')}",
        beside(picture, scrolled(table(("some of the best", *_COLUMNS), rows)) if rows else ""),
        note=f"{signed} of them signed; in {', '.join(map(str, folders))}",
    )


def _front(entries: Sequence[CatalogEntry]) -> list[CatalogEntry]:
    """Return what no other circuit beats in power and mean error, the most exact first."""
    known = [entry for entry in entries if entry.power_uw is not None]
    figures = [(float(entry.power_uw or 0.0), entry.mae_pct) for entry in known]
    kept = non_dominated(figures) if figures else ()
    front = [entry for entry, best in zip(known, kept, strict=True) if best]
    return sorted(front, key=lambda entry: entry.mae_pct)


def _spread(front: Sequence[CatalogEntry]) -> list[CatalogEntry]:
    """Return a few members at equal distances, the first and the last among them."""
    last, most = len(front) - 1, min(_MOST_ROWS, len(front))
    places = dict.fromkeys(round(last * at / max(most - 1, 1)) for at in range(most))
    return [front[place] for place in places]


def _row(entry: CatalogEntry) -> tuple[object, ...]:
    figures = (entry.mae_pct, entry.wce_pct, entry.power_uw, entry.delay_ns, entry.gates)
    return (entry.name, *figures)


def _told(entry: CatalogEntry) -> str:
    return f"{entry.name}: MAE {number(entry.mae_pct)} %, {number(entry.power_uw)} uW"
