"""What a run searched, how long, what it found and against what, in sentences."""

from collections import Counter
from collections.abc import Iterator

import pandas as pd

from evoapproxnas.records import PointId
from evoapproxnas.report.page.figures import Column, objective_words
from evoapproxnas.report.page.snapshot import Snapshot
from evoapproxnas.report.page.telling import duration, number, percent, several

_CLOSE = 0.01
"""Accuracy that a member may lose against its own exact 8-bit network to be called close."""


def summary(snapshot: Snapshot, columns: list[Column]) -> list[tuple[str, str]]:
    """Return paragraphs: a heading of a few words, and the text."""
    paragraphs = [
        ("What was searched", _searched(snapshot)),
        ("How long", _took(snapshot)),
        ("What was found", _found(snapshot, columns)),
    ]
    if snapshot.of_networks and snapshot.front:
        paragraphs.append(("Against the baseline", " ".join(_compared(snapshot))))
    if snapshot.finished is not None and len(snapshot.finished):
        paragraphs.append(("Finished", _finished(snapshot.finished)))
    elif snapshot.begun_finish:
        paragraphs.append(("Finished", "A finish was begun; nothing of it is done yet."))
    return paragraphs


def state(snapshot: Snapshot) -> str:
    """Say in a word or two how the campaign stands."""
    return "finished" if snapshot.ended else "running or interrupted"


def _searched(snapshot: Snapshot) -> str:
    config = snapshot.config
    goals = " and ".join(objective_words(snapshot))
    limits = ", ".join(map(str, snapshot.ranking.limits))
    within = f" Limits: {limits}." if limits else ""
    how = f"by {config.search.algorithm}, seed {config.seed}"
    if not snapshot.of_networks:
        return f"Candidates of problem {config.problem!r}, {how}, for {goals}.{within}"
    return (
        f"Convolutional networks for {config.data.dataset}, with an 8-bit multiplier for every "
        f"convolution ({config.quantization.weight_scheme} weights"
        f"{', error correction' if config.quantization.error_correction else ''}), {how}, for "
        f"{goals}.{within}"
    )


def _took(snapshot: Snapshot) -> str:
    counts = snapshot.counts
    parts = [
        f"{several(counts.done, 'candidate')} in "
        f"{several(len(snapshot.generations), 'generation')}"
    ]
    if counts.trainings:
        trainings = several(counts.trainings, "training")
        parts.append(f"{trainings} of {counts.passes:g} passes over the images in all")
    parts.append(duration(snapshot.hours))
    processor = snapshot.environment.get("processor")
    where = f" ({snapshot.config.execution.workers} workers, {processor})" if processor else ""
    end = f"It ended with: {snapshot.ended}." if snapshot.ended else "It goes on, or was stopped."
    return f"{'; '.join(parts)}{where}. {end}"


def _found(snapshot: Snapshot, columns: list[Column]) -> str:
    if not snapshot.points:
        kinds = Counter(failure.kind for failure in snapshot.failures.values())
        told = ", ".join(f"{count} {kind}" for kind, count in kinds.most_common())
        return f"Nothing has figures yet{f': {told}' if told else ''}."
    members = set(snapshot.front)
    ranges = [
        _range(column, [name in members for name in snapshot.points])
        for column in columns
        if column.direction
    ]
    return (
        f"{several(len(snapshot.points), 'point')}, {len(members)} of them on the Pareto front: "
        f"{'; '.join(filter(None, ranges))}."
    )


def _range(column: Column, of_front: list[bool]) -> str:
    pairs = zip(column.values, of_front, strict=True)
    values = [value for value, member in pairs if member and value is not None]
    if not values:
        return ""
    low, high = number(min(values)), number(max(values))
    return f"{column.label} {low}" + ("" if low == high else f" to {high}")


def _compared(snapshot: Snapshot) -> Iterator[str]:
    """Compare the most accurate member, and the cheapest close one, with their exact selves."""
    rows = [row for name in snapshot.front if (row := _Beside.of(snapshot, name)) is not None]
    if not rows:
        return
    best = max(rows, key=lambda row: row.accuracy)
    yield (
        f"{best.name}, the most accurate, has {percent(best.accuracy)} of {best.split} images "
        f"right with {number(best.relative)} of the multiplier energy that the same network takes "
        f"with exact 8-bit multipliers, which has {percent(best.exact8)}; in float it has "
        f"{percent(best.float_)}."
    )
    close = [row for row in rows if row.accuracy >= row.exact8 - _CLOSE]
    if close:
        cheapest = min(close, key=lambda row: row.relative)
        yield (
            f"Within one point of its own exact 8-bit network, {cheapest.name} takes least: "
            f"{number(cheapest.relative)} of that network's energy, for "
            f"{percent(cheapest.accuracy)} against {percent(cheapest.exact8)}."
        )
    else:
        yield "No member is within one point of its own exact 8-bit network."


class _Beside:
    """A member beside the same network with exact multipliers, on one split of the images."""

    def __init__(self, name: PointId, split: str, figures: tuple[float, float, float, float]):
        """Keep what is compared."""
        self.name, self.split = name, split
        self.accuracy, self.exact8, self.float_, self.relative = figures

    @classmethod
    def of(cls, snapshot: Snapshot, name: PointId) -> "_Beside | None":
        """Take test figures where all members have them; None if a figure is missing."""
        metrics, tests = snapshot.points[name].metrics, snapshot.tests
        tested = all("accuracy" in tests.get(member, {}) for member in snapshot.front)
        try:
            relative = metrics["relative_energy"]
            if tested:
                own = tests[name]
                found = own["accuracy"], own["exact8_accuracy"], own["float_accuracy"], relative
            else:
                errors = metrics["error"], metrics["exact8_error"], metrics["float_error"]
                found = 1 - errors[0], 1 - errors[1], 1 - errors[2], relative
        except KeyError:
            return None
        return cls(name, "test" if tested else "validation", found)


def _finished(table: pd.DataFrame) -> str:
    exact = table["kind"].str.startswith("exact")
    told = []
    for rows, what in ((table[~exact], "approximate"), (table[exact], "exact")):
        if len(rows):
            best = rows.sort_values("test_accuracy", na_position="first").iloc[-1]
            told.append(
                f"the best {what} network, {best['id']}, has {percent(best['test_accuracy'])} of "
                f"test images right at {number(best['energy_nj'])} nJ"
            )
    return f"{several(len(table), 'network')} trained for long: {'; '.join(told)}."
