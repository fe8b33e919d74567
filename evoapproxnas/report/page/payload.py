"""What the scripts of a page know of a run, ready for JSON."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from evoapproxnas.networks import Network
from evoapproxnas.networks.drawing import draw_network, energy_class, network_rows
from evoapproxnas.records import PointId, StepId
from evoapproxnas.report.page.figures import Column
from evoapproxnas.report.page.prices import Price
from evoapproxnas.report.page.snapshot import Snapshot, architecture_of
from evoapproxnas.report.page.telling import rounded
from evoapproxnas.store import TrainingRow

_CURVES = ("loss", "accuracy", "val_accuracy")
_MOST_TEXT = 4000
"""Characters of what candidates of other problems mean; a page is no database."""


def run_payload(
    snapshot: Snapshot, columns: Iterable[Column], known: Mapping[str, Price], *, color: str
) -> dict[str, Any]:
    """Return a run as plain values.

    Points are told by columns: the third entry of `ids` has its figures, its architecture and its
    multipliers, in the order of that architecture's layers, at the third place as well.

    Args:
        snapshot: the run.
        columns: its figures.
        known: what its multipliers take.
        color: of its marks.
    """
    architectures = {key: i for i, key in enumerate(snapshot.networks)}
    names = list(known)
    front = set(snapshot.front)
    return {
        "name": snapshot.label,
        "color": color,
        "ids": [str(name) for name in snapshot.points],
        "front": [int(name in front) for name in snapshot.points],
        "beyond": [
            int(snapshot.ranking.violation(p.metrics) > 0) for p in snapshot.points.values()
        ],
        "columns": {
            column.key: {
                "label": column.label,
                "direction": column.direction,
                "values": column.values,
            }
            for column in columns
        },
        "multipliers": [told_multiplier(name, known[name]) for name in names],
        "architectures": [_architecture(network) for network in snapshot.networks.values()],
        "of": [architectures.get(_key(snapshot, name), -1) for name in snapshot.points],
        "assignments": _assignments(snapshot, {name: i for i, name in enumerate(names)}),
        "made": {
            str(place): _making(snapshot, place)
            for place in dict.fromkeys(name.candidate for name in snapshot.points)
        },
        "progress": {
            "evaluations": snapshot.progress["evaluation"].tolist(),
            "hours": [rounded(seconds / 3600) for seconds in snapshot.progress["seconds"]],
            "hypervolume": [rounded(volume) for volume in snapshot.progress["hypervolume"]],
        },
        "finished": _finished(snapshot),
        "trainings": _trainings(snapshot.trainings),
        "lineages": _lineages(snapshot),
    }


def _key(snapshot: Snapshot, name: PointId) -> str:
    return architecture_of(snapshot.candidates[name.candidate])


def told_multiplier(name: str, price: Price) -> dict[str, Any]:
    """Return a multiplier as plain values, with the class of its colour."""
    return {
        "name": name,
        "pj": rounded(price.energy_pj),
        "relative": rounded(price.relative),
        "class": energy_class(price.relative),
    }


@lru_cache(maxsize=4096)  # A page that is made anew draws few that are new.
def _architecture(network: Network) -> dict[str, Any]:
    rows = [row for row in network_rows(network) if row.multiplications is not None]
    return {
        "svg": draw_network(network, styled=False),
        "macs": network.macs,
        "parameters": network.parameters,
        "depth": network.depth,
        "layers": [
            [row.name, f"{row.title} {'×'.join(map(str, row.shape))}", row.multiplications]
            for row in rows
        ],
    }


def _assignments(snapshot: Snapshot, numbers: Mapping[str, int]) -> list[list[int]]:
    """Return, for every point, numbers of multipliers in the order of its layers."""
    found = []
    for name in snapshot.points:
        network = snapshot.networks.get(_key(snapshot, name))
        chosen = snapshot.assignment(name)
        layers = chosen if network is None else network.assignment
        found.append([numbers.get(chosen.get(layer, ""), -1) for layer in layers])
    return found


def _making(snapshot: Snapshot, place: Any) -> dict[str, Any]:
    candidate = snapshot.candidates[place]
    made: dict[str, Any] = {
        "parents": [str(parent) for parent in candidate.parents],
        "operator": candidate.operator,
    }
    if architecture_of(candidate) not in snapshot.networks:
        made["meaning"] = candidate.network[:_MOST_TEXT]
    return made


def _finished(snapshot: Snapshot) -> list[list[Any]]:
    """Return id, kind, energy and test accuracy in percent of finished networks."""
    table = snapshot.finished
    if table is None:
        return []
    names = ["id", "kind", "energy_nj", "test_accuracy"]
    return [
        [str(name), str(kind), rounded(energy), rounded(100 * accuracy)]
        for name, kind, energy, accuracy in table[names].itertuples(index=False)
    ]


def _trainings(trainings: Iterable[TrainingRow]) -> dict[str, dict[str, Any]]:
    """Return curves by the step that trained, over passes of all its lineage."""
    return {str(row.id): _curves(row) for row in trainings if row.history}


def _curves(row: TrainingRow) -> dict[str, Any]:
    before = max(0.0, row.passes - row.budget)
    curves: dict[str, Any] = {
        "passes": [rounded(before + (epoch.get("epoch") or i)) for i, epoch in _counted(row)]
    }
    for key in _CURVES:
        values = [rounded(epoch.get(key)) for _, epoch in _counted(row)]
        if any(value is not None for value in values):
            curves[key] = values
    return curves


def _counted(row: TrainingRow) -> Iterable[tuple[int, Mapping[str, float | None]]]:
    return enumerate(row.history, start=1)


def _lineages(snapshot: Snapshot) -> list[list[str]]:
    """Return, for every point, the trainings that led to its weights, the last one first."""
    begun_with = {row.id: row.inherited_from for row in snapshot.trainings}
    found = []
    for name in snapshot.points:
        step: StepId | None = snapshot.evaluations[name.made_in].weights
        steps: dict[str, None] = {}
        while step in begun_with and str(step) not in steps:
            steps[str(step)] = None
            step = begun_with[step]
        found.append(list(steps))
    return found
