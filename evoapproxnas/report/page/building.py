"""From runs to one HTML file."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from evoapproxnas.errors import command
from evoapproxnas.report.page import tables
from evoapproxnas.report.page.figures import Column, columns
from evoapproxnas.report.page.packing import packed_json, packed_plotly
from evoapproxnas.report.page.payload import run_payload
from evoapproxnas.report.page.prices import Price, prices
from evoapproxnas.report.page.reproduce import commands
from evoapproxnas.report.page.snapshot import Snapshot
from evoapproxnas.report.page.telling import duration, number, several
from evoapproxnas.report.page.words import state, summary
from evoapproxnas.report.style import color_of
from evoapproxnas.version import __version__

_SCRIPTS = ("basics", "networks", "front", "chosen", "curves", "start")
_FINISHED = (
    *("id", "kind", "test_accuracy", "energy_nj", "relative_energy", "loss_points"),
    *("exact8_accuracy", "float_accuracy", "exact_bits", "exact_bits_accuracy", "val_accuracy"),
    *("macs", "parameters", "passes", "seed", "test_images"),
)


@dataclass(frozen=True)
class _Read:
    """A run with what several parts of a page need."""

    snapshot: Snapshot
    columns: list[Column]
    prices: dict[str, Price]


def build_page(snapshots: Sequence[Snapshot]) -> str:
    """Return the page of runs as HTML.

    Args:
        snapshots: of the runs, at least one.

    Raises:
        EnvironmentBroken: if plotly is not installed.
    """
    read = [_read(snapshot) for snapshot in snapshots]
    drawable = any(snapshot.points for snapshot in snapshots)
    payloads = [_payload(number, each) for number, each in enumerate(read)] if drawable else []
    views = [_view(number, each, len(read)) for number, each in enumerate(read)]
    return _environment().get_template("page.html").render(
        version=__version__,
        title=", ".join(snapshot.label for snapshot in snapshots),
        subtitle=_subtitle(snapshots),
        css=Markup(_part("page.css")),
        links=_links(views, drawable),
        several=len(read) > 1,
        compared=_compared(read),
        drawable=drawable,
        runs=views,
        most=tables.MOST_ROWS,
        data=packed_json({"runs": payloads}) if drawable else "",
        plotly=packed_plotly() if drawable else "",
        script=Markup("\n".join(_part(f"{name}.js") for name in _SCRIPTS)),
    )  # fmt: skip


def _read(snapshot: Snapshot) -> _Read:
    names = dict.fromkeys(
        name for point in snapshot.points for name in snapshot.assignment(point).values()
    )
    known = prices(names, snapshot.config.space.library) if snapshot.of_networks else {}
    return _Read(snapshot, columns(snapshot), known)


def _payload(place: int, read: _Read) -> dict[str, Any]:
    payload = run_payload(read.snapshot, read.columns, read.prices, color=color_of(place))
    points = list(read.snapshot.points)
    front = read.snapshot.front
    return {**payload, "best": points.index(front[0]) if front else 0}


def _view(place: int, read: _Read, count: int) -> dict[str, Any]:
    """Return what templates show of a run."""
    snapshot = read.snapshot
    shown = tables.member_columns(snapshot, read.columns)
    failed = tables.failures(snapshot)
    return {
        "index": place,
        "suffix": f"-{place}" if count > 1 else "",
        "name": snapshot.label,
        "state": state(snapshot),
        "of_networks": snapshot.of_networks,
        "tiles": _tiles(read),
        "summary": summary(snapshot, read.columns),
        "member_columns": shown,
        "members": tables.members(snapshot, shown),
        "uses": tables.multiplier_uses(snapshot, read.prices),
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


def _tiles(read: _Read) -> list[tuple[str, str]]:
    """Return the numbers that one looks for first."""
    snapshot = read.snapshot
    members = set(snapshot.front)
    tiles = []
    for column in read.columns:
        best = _best(column, [name in members for name in snapshot.points])
        if best is not None:
            word = "least" if column.direction == "min" else "best"
            tiles.append((number(best), f"{word} {column.label}"))
    failed = len(tables.failures(snapshot))
    return [
        *tiles,
        (number(len(members)), "members of the front"),
        (number(len(snapshot.points)), "points"),
        (number(snapshot.counts.done), "candidates"),
        (number(failed), "failed"),
        (number(len(tables.rejections(snapshot))), "rejected"),
        (duration(snapshot.hours), "in all sessions"),
    ]


def _best(column: Column, of_front: list[bool]) -> float | None:
    """Return the best value of an objective on the front."""
    pairs = zip(column.values, of_front, strict=True)
    values = [value for value, member in pairs if member and value is not None]
    if not column.direction or not values:
        return None
    return min(values) if column.direction == "min" else max(values)


def _compared(read: Sequence[_Read]) -> dict[str, Any]:
    """Return a table with a column for each run."""
    rows: dict[str, list[float | str | None]] = {}
    for place, each in enumerate(read):
        tiles = _tiles(each)
        volumes = each.snapshot.progress["hypervolume"]
        if _alike(read) and len(volumes):
            tiles.insert(0, (number(volumes.iloc[-1]), "hypervolume, of one reference for all"))
        for value, label in tiles:
            rows.setdefault(label, [None] * len(read))[place] = value
    return {"names": [each.snapshot.label for each in read], "rows": list(rows.items())}


def _alike(read: Sequence[_Read]) -> bool:
    """Whether all runs have the same objectives, and so one measure."""
    first = read[0].snapshot.ranking.directions
    return all(each.snapshot.ranking.directions == first for each in read)


def _finished(snapshot: Snapshot) -> dict[str, Any] | None:
    table = snapshot.finished
    if table is None or table.empty:
        return None
    names = [name for name in _FINISHED if name in table]
    shares = [name for name in names if name.endswith("accuracy")]
    shown = table[names].assign(**{name: 100 * table[name] for name in shares}).astype(object)
    return {
        "names": [name.replace("_", " ") + (" (%)" if name in shares else "") for name in names],
        "rows": shown.where(shown.notna(), None).to_numpy().tolist(),
    }


def _flat_environment(snapshot: Snapshot) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in snapshot.environment.items():
        if isinstance(value, dict):
            found += [(str(key), str(item)) for key, item in value.items() if item is not None]
        elif value is not None:
            found.append((name.replace("_", " "), str(value)))
    return found


def _subtitle(snapshots: Sequence[Snapshot]) -> str:
    if len(snapshots) > 1:
        return f"{several(len(snapshots), 'run')} of evoapproxnas compared"
    snapshot = snapshots[0]
    what = snapshot.config.data.dataset if snapshot.of_networks else snapshot.config.problem
    return f"a search over {what}, of evoapproxnas {__version__}"


def _links(views: Sequence[dict[str, Any]], drawable: bool) -> list[tuple[str, str]]:
    figures = [("front", "Front")] if drawable else []
    if len(views) > 1:
        runs = [(f"run-{view['index']}", str(view["name"])) for view in views]
        return [("compared", "Compared"), *figures, *runs]
    view = views[0]
    parts = [("members", "Members"), ("uses", "Multipliers"), ("finished", "Finished")]
    anchors = {"uses": "multipliers"}
    shown = [(anchors.get(key, key), label) for key, label in parts if view[key]]
    rest = [("failures", "Failures"), ("reproduce", "Reproduce")]
    return [("summary", "Summary"), *figures, *shown, *rest]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("evoapproxnas.report.page", "parts"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    environment.filters["number"] = number
    environment.filters["several"] = several
    return environment


def _part(name: str) -> str:
    return (resources.files("evoapproxnas.report.page") / "parts" / name).read_text("utf-8")
