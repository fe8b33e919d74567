"""A run as TensorBoard's event files, after the fact.

    campaign/        hypervolume by generation; every figure by point, in order of birth
    trainings/ID/    loss and accuracy by epoch

Event files are TFRecords of a protocol buffer that TensorFlow has: this needs no TensorBoard.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import tensorflow as tf

from evoapproxnas.report.export.job import Job
from evoapproxnas.store import Run

Scalars = Iterator[tuple[int, Mapping[str, float]]]
"""Figures by name at a step."""
_EPOCH = "epoch"


def write_events(job: Job, path: Path) -> None:
    """Fill a folder with event files."""
    run = job.run
    when = (run.path / "campaign.sqlite").stat().st_mtime
    _write(path / "campaign", _campaign(run), when)
    for training in run.database.trainings():
        if training.history and not training.reused_from:
            _write(path / "trainings" / str(training.id), _epochs(training.history), when)


def _campaign(run: Run) -> Scalars:
    for row in run.database.generations():
        yield row.generation, {"campaign/hypervolume": row.hypervolume}
    best: dict[str, float] = {}
    for number, point in enumerate(run.points().values()):
        yield number, {f"points/{name}": value for name, value in point.metrics.items()}
        for name, direction in run.ranking.directions.items():
            if name not in point.metrics:  # of a damaged run
                continue
            better = min if direction == "min" else max
            best[name] = better(best.get(name, point.metrics[name]), point.metrics[name])
        yield number, {f"best/{name}": value for name, value in best.items()}


def _epochs(history: tuple[Mapping[str, float | None], ...]) -> Scalars:
    for number, record in enumerate(history, 1):
        epoch = record.get(_EPOCH) or number
        yield (
            int(epoch),
            {n: v for n, v in record.items() if v is not None and n != _EPOCH},
        )


def _write(folder: Path, scalars: Scalars, when: float) -> None:
    folder.mkdir(parents=True)
    name = f"events.out.tfevents.{int(when)}.evoapproxnas"
    with tf.io.TFRecordWriter(str(folder / name)) as writer:
        begin = tf.compat.v1.Event(wall_time=when, file_version="brain.Event:2")
        writer.write(begin.SerializeToString())
        for step, values in scalars:
            summary = tf.compat.v1.Summary(
                value=[
                    tf.compat.v1.Summary.Value(tag=tag, simple_value=value)
                    for tag, value in values.items()
                ]
            )
            event = tf.compat.v1.Event(wall_time=when, step=step, summary=summary)
            writer.write(event.SerializeToString())
