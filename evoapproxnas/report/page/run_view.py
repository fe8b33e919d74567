"""What a page shows of a run."""

from collections import Counter
from typing import Any

from evoapproxnas.errors import command
from evoapproxnas.report.page import tables
from evoapproxnas.report.page.figures import Column, columns
from evoapproxnas.report.page.payload import run_payload
from evoapproxnas.report.page.prices import Price, prices
from evoapproxnas.report.page.reproduce import commands
from evoapproxnas.report.page.shown import Shown, Tile, best_of
from evoapproxnas.report.page.snapshot import Snapshot
from evoapproxnas.report.page.telling import duration, number
from evoapproxnas.report.page.words import state, summary

_FINISHED = (
    *("id", "kind", "test_accuracy", "energy_nj", "relative_energy", "loss_points"),
    *("exact8_accuracy", "float_accuracy", "exact_bits", "exact_bits_accuracy", "val_accuracy"),
    *("macs", "parameters", "passes", "test_images"),
)

_FINISH_TOLD = (
    "Members of the front, trained for long on all training images, assigned and fine-tuned "
    "again, beside exact multipliers of fewer bits. Test images."
)


def show_run(snapshot: Snapshot, *, color: str) -> Shown:
    """Return what a page shows of a run.

    Args:
        snapshot: the run.
        color: of its marks.
    """
    own = columns(snapshot)
    known = _prices(snapshot)
    points, front = list(snapshot.points), snapshot.front
    payload = run_payload(snapshot, own, known, color=color)
    volumes = snapshot.progress["hypervolume"]
    return Shown(
        label=snapshot.label,
        view=_view(snapshot, own, known),
        payload={**payload, "best": points.index(front[0]) if front else 0},
        tiles=_tiles(snapshot, own),
        measure=tuple(snapshot.ranking.directions.items()),
        hypervolume=float(volumes.iloc[-1]) if len(volumes) else None,
    )


def _prices(snapshot: Snapshot) -> dict[str, Price]:
    names = dict.fromkeys(
        name for point in snapshot.points for name in snapshot.assignment(point).values()
    )
    return prices(names, snapshot.library) if snapshot.of_networks else {}


def _view(snapshot: Snapshot, own: list[Column], known: dict[str, Price]) -> dict[str, Any]:
    """Return what templates show."""
    shown = tables.member_columns(snapshot, own)
    failed = tables.failures(snapshot)
    return {
        "template": "run.html",
        "name": snapshot.label,
        "state": state(snapshot),
        "strips": snapshot.of_networks,
        "tiles": _tiles(snapshot, own),
        "summary": summary(snapshot, own),
        "member_columns": shown,
        "members": tables.members(snapshot, shown),
        "uses": tables.multiplier_uses(snapshot, known),
        "finished": _finished(snapshot),
        "failures": failed,
        "failure_kinds": Counter(failure.kind for _, failure in failed).most_common(),
        "rejections": tables.rejections(snapshot),
        "reuse": tables.reuse(snapshot),
        "commands": commands(snapshot),
        "all_failures": command(
            "show", snapshot.name, "--failures", runs_dir=snapshot.path.parent
        ),
        "environment": _flat_environment(snapshot),
        "toml": snapshot.config.to_toml(),
    }


def _tiles(snapshot: Snapshot, own: list[Column]) -> tuple[Tile, ...]:
    """Return the numbers that one looks for first."""
    members = set(snapshot.front)
    failed = len(tables.failures(snapshot))
    return (
        *best_of(own, [name in members for name in snapshot.points]),
        (number(len(members)), "members of the front"),
        (number(len(snapshot.points)), "points"),
        (number(snapshot.counts.done), "candidates"),
        (number(failed), "failed"),
        (number(len(tables.rejections(snapshot))), "rejected"),
        (duration(snapshot.hours), "in all sessions"),
    )


def _finished(snapshot: Snapshot) -> dict[str, Any] | None:
    table = snapshot.finished
    if table is None or table.empty:
        return None
    names = [name for name in _FINISHED if name in table]
    return tables.figures_of(table[names], heading="Finished networks", told=_FINISH_TOLD)


def _flat_environment(snapshot: Snapshot) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in snapshot.environment.items():
        if isinstance(value, dict):
            found += [(str(key), str(item)) for key, item in value.items() if item is not None]
        elif value is not None:
            found.append((name.replace("_gb", " (GB)").replace("_", " "), str(value)))
    return found
