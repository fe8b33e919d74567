"""The rows of a page's tables."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from evoapproxnas.records import Failure, StepId
from evoapproxnas.report.page.figures import EVALUATION, Column
from evoapproxnas.report.page.prices import Price
from evoapproxnas.report.page.snapshot import Snapshot, architecture_of

MOST_ROWS = 200
"""Of what went wrong; the rest is counted."""

_MEMBER_COLUMNS = (
    *("accuracy", "test_accuracy", "energy_nj", "relative_energy", "exact8_accuracy"),
    *("test_exact8_accuracy", "float_accuracy", "macs", "parameters"),
)
"""What tells most of a network; a page has the rest where a point is selected."""


@dataclass(frozen=True)
class Member:
    """A row of the front.

    Attributes:
        id: of the point.
        place: of it among all points.
        values: in the order of `member_columns`.
    """

    id: str
    place: int
    values: tuple[float | None, ...]


def member_columns(snapshot: Snapshot, columns: list[Column]) -> list[Column]:
    """Return the figures that the table of members shows."""
    known = {column.key: column for column in columns}
    objectives = [column.key for column in columns if column.direction]
    others = _MEMBER_COLUMNS if snapshot.of_networks else tuple(sorted(known))
    shown = dict.fromkeys(key for key in (*objectives, *others) if key in known)
    return [known[key] for key in shown if key != EVALUATION]


def members(snapshot: Snapshot, shown: list[Column]) -> list[Member]:
    """Return the front, best first objective first."""
    place = {name: i for i, name in enumerate(snapshot.points)}
    return [
        Member(
            str(name),
            place[name],
            tuple(column.values[place[name]] for column in shown),
        )
        for name in snapshot.front
    ]


@dataclass(frozen=True)
class MultiplierUse:
    """How much of the front one multiplier is.

    Attributes:
        name: of the multiplier.
        price: what it takes.
        members: that use it.
        layers: that use it, over all members.
        share: of the front's multiplications, 0..1; None where networks are not known.
    """

    name: str
    price: Price
    members: int
    layers: int
    share: float | None


def multiplier_uses(snapshot: Snapshot, known: Mapping[str, Price]) -> list[MultiplierUse]:
    """Return the multipliers of the front, those with most multiplications first."""
    layers: Counter[str] = Counter()
    work: defaultdict[str, int] = defaultdict(int)
    by_member: Counter[str] = Counter()
    for name in snapshot.front:
        chosen = snapshot.assignment(name)
        layers.update(chosen.values())
        by_member.update(set(chosen.values()))
        network = snapshot.networks.get(architecture_of(snapshot.candidates[name.candidate]))
        for layer in () if network is None else network.approx_layers:
            work[chosen.get(layer.name, layer.multiplier)] += layer.multiplications
    total = sum(work.values())
    uses = [
        MultiplierUse(
            name, known[name], by_member[name], count, work[name] / total if total else None
        )
        for name, count in layers.items()
    ]
    return sorted(uses, key=lambda use: (-(use.share or 0), -use.layers, use.name))


def failures(snapshot: Snapshot) -> list[tuple[StepId, Failure]]:
    """Return what went wrong, in order of birth; what was rejected is no failure."""
    return [(s, f) for s, f in snapshot.failures.items() if f.kind != "rejected"]


def rejections(snapshot: Snapshot) -> list[tuple[StepId, Failure]]:
    """Return what was rejected before any training."""
    return [(s, f) for s, f in snapshot.failures.items() if f.kind == "rejected"]


def reuse(snapshot: Snapshot) -> list[tuple[str, int]]:
    """Return how often what was known already stood for a training, by where it came from."""
    runs = Counter(row.reused_from for row in snapshot.trainings if row.reused_from)
    found = [(f"trainings of run {name}", count) for name, count in runs.most_common()]
    if snapshot.hits:
        found.append(("figures of the same network in this run", len(snapshot.hits)))
    if snapshot.counts.emulated:
        found.append(
            ("weights of another candidate, only measured again", snapshot.counts.emulated)
        )
    return found


_TOLD = {
    **{"val_accuracy": "validation accuracy (%)", "energy_nj": "energy (nJ)"},
    **{"loss_points": "points lost", "macs": "multiply-accumulates"},
}
"""What columns are called whose name does not say it."""


def _heading(name: str) -> str:
    words = name.replace("exact8", "exact 8-bit").replace("_", " ")
    return _TOLD.get(name, f"{words} (%)" if "accuracy" in name else words)


def figures_of(table: pd.DataFrame, *, heading: str, told: str) -> dict[str, Any]:
    """Return a data frame as a page has it: accuracies in percent, None where nothing is known.

    Args:
        table: of any columns.
        heading: above it.
        told: what it is, in a sentence or two.
    """
    names = [str(name) for name in table]
    shares = [name for name in names if "accuracy" in name]
    numbers = [name for name in names if pd.api.types.is_numeric_dtype(table[name])]
    shown = table.assign(**{name: 100 * table[name] for name in shares}).astype(object)
    return {
        "heading": heading,
        "told": told,
        "heads": [(_heading(name), name in numbers) for name in names],
        "rows": shown.where(shown.notna(), None).to_numpy().tolist(),
    }
