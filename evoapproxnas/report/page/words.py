"""What a run searched, how long, what it found and against what, in sentences."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from evoapproxnas.records import PointId
from evoapproxnas.report.page.figures import Column, objective_words
from evoapproxnas.report.page.snapshot import Snapshot
from evoapproxnas.report.page.telling import duration, number, percent, several

_CLOSE = 0.01
"""Accuracy that a member may lose against its own exact 8-bit network to be called close."""
_TESTED = ("accuracy", "exact8_accuracy", "float_accuracy")
"""What is measured on test images."""

_GOES_ON = {
    True: "It goes on.",
    False: "It was interrupted; it can go on.",
    None: "It goes on, or was stopped.",
}


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
    over = snapshot.ended or snapshot.complete or snapshot.out_of_time
    if over and not snapshot.running:
        return "finished"
    if snapshot.running is None:
        return "running or interrupted"
    return "running" if snapshot.running else "interrupted"


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
        f"{', error correction' if config.quantization.error_correction else ''}"
        f"{', control variate' if config.quantization.control_variate else ''}), {how}, for "
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
    end = _GOES_ON[snapshot.running]
    if snapshot.ended:
        end = f"It ended with: {snapshot.ended}."
    elif snapshot.complete and not snapshot.running:
        end = "All of its generations are done."
    elif snapshot.out_of_time and not snapshot.running:
        end = f"It ended with: {snapshot.config.search.max_hours:g} hours spent."
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
    """Compare the most accurate member, and the cheapest close one, with their exact selves.

    Validation images choose; test images are told of where all members were tested.
    """
    rows = [row for name in snapshot.front if (row := _beside(snapshot, name)) is not None]
    if not rows:
        return
    best = max(rows, key=lambda row: row.chosen_by)
    yield (
        f"{best.name}, the most accurate on validation images, has {percent(best.accuracy)} of "
        f"{best.split} images right with {number(best.relative)} of the multiplier energy that "
        f"the same network takes with exact 8-bit multipliers, which has {percent(best.exact8)}; "
        f"in float it has {percent(best.float_)}."
    )
    close = [row for row in rows if row.lost <= _CLOSE]
    if close:
        cheapest = min(close, key=lambda row: row.relative)
        yield (
            f"Within one point of its own exact 8-bit network on validation images, "
            f"{cheapest.name} takes least: {number(cheapest.relative)} of that network's energy, "
            f"for {percent(cheapest.accuracy)} against {percent(cheapest.exact8)} of "
            f"{cheapest.split} images."
        )
    else:
        yield "No member is within one point of its own exact 8-bit network on validation images."


@dataclass(frozen=True)
class _Beside:
    """A member beside the same network with exact multipliers.

    Attributes:
        chosen_by: accuracy on validation images.
        lost: accuracy on validation images that exact 8-bit multipliers have beyond that.
        split: images that the accuracies below are of.
    """

    name: PointId
    chosen_by: float
    lost: float
    split: str
    accuracy: float
    exact8: float
    float_: float
    relative: float


def _beside(snapshot: Snapshot, name: PointId) -> _Beside | None:
    """Return what is known of a member; None if a figure is missing."""
    metrics = snapshot.points[name].metrics
    names = ("error", "exact8_error", "float_error", "relative_energy")
    if not all(key in metrics for key in names):
        return None
    accuracy, exact8, float_ = (1 - metrics[key] for key in names[:3])
    split, shown = "validation", (accuracy, exact8, float_)
    if all(set(_TESTED) <= set(snapshot.tests.get(member, {})) for member in snapshot.front):
        tested = snapshot.tests[name]
        split, shown = "test", (tested[_TESTED[0]], tested[_TESTED[1]], tested[_TESTED[2]])
    lost, relative = exact8 - accuracy, metrics["relative_energy"]
    return _Beside(name, accuracy, lost, split, *shown, relative)


def _finished(table: pd.DataFrame) -> str:
    exact = table["kind"].str.startswith("exact")
    told = []
    for rows, what in ((table[~exact], "approximate"), (table[exact], "exact")):
        if len(rows):
            best = rows.sort_values("val_accuracy", na_position="first").iloc[-1]
            told.append(
                f"the best {what} network on validation images, {best['id']}, has "
                f"{percent(best['test_accuracy'])} of test images right at "
                f"{number(best['energy_nj'])} nJ"
            )
    return f"{several(len(table), 'network')} trained for long: {'; '.join(told)}."
