"""Processes that approximate and such that do not, in turns, one at a time."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from evoapproxnas.bench.fresh import process
from evoapproxnas.errors import MeasurementError

FLOAT, APPROXIMATED = "float32", "approximated"
_BEFORE = ("start", "load")


@dataclass(frozen=True)
class Load:
    """What processes do.

    Attributes:
        multiplier: of all layers.
        images: that are predicted; random pixels.
        batch: images at a time.
        calibration_images: that ranges are taken from.
    """

    multiplier: str
    images: int = 64
    batch: int = 32
    calibration_images: int = 16


def bench_fresh(
    models: Mapping[str, Path], load: Load, *, repeats: int, ahead: int = 1
) -> Iterator[dict[str, Any]]:
    """Measure processes, and yield one row for each model.

    Args:
        models: files that Keras loads, of one input, by name.
        load: what is done with them.
        repeats: processes of each kind.
        ahead: processes of each kind that go ahead and do not count: loops that have never been
            compiled are, and are kept, and files are in memory.

    Yields:
        `network`; the least seconds from the loaded model to its first predictions, and those of
        all processors together, of float32 (`float32_s`, `float32_processor_s`) and what
        approximating adds to them (`more_s`, `more_processor_s`); the most memory of `predict` in
        megabytes (`float32_mb`, `more_mb`), and that of the whole process (`process_more_mb`).

    Raises:
        MeasurementError: if a process fails.
    """
    for name, file in models.items():
        tasks = {
            FLOAT: {**asdict(load), "model": str(file), "multiplier": ""},
            APPROXIMATED: {**asdict(load), "model": str(file)},
        }
        turns = [
            {kind: _run(task) for kind, task in tasks.items()} for _ in range(ahead + repeats)
        ]
        plain, own = ([turn[kind] for turn in turns[ahead:]] for kind in tasks)
        yield {
            "network": name,
            "float32_s": _least(plain, "seconds"),
            "more_s": _least(own, "seconds") - _least(plain, "seconds"),
            "float32_processor_s": _least(plain, "processor_s"),
            "more_processor_s": _least(own, "processor_s") - _least(plain, "processor_s"),
            "float32_mb": _peak(plain, "predict"),
            "more_mb": _peak(own, "predict") - _peak(plain, "predict"),
            "process_more_mb": _peak(own) - _peak(plain),
        }


Stages = Mapping[str, Mapping[str, float]]


def _least(runs: list[Stages], figure: str) -> float:
    """Return the least of what the stages after loading took together."""
    return min(
        sum(stage[figure] for name, stage in run.items() if name not in _BEFORE) for run in runs
    )


def _peak(runs: list[Stages], *stages: str) -> float:
    """Return the least of the peaks of some stages, of all for none."""
    return min(max(run[name]["peak_mb"] for name in stages or run) for run in runs)


def _run(task: Mapping[str, Any]) -> Stages:
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        # -P: the folder of the file is not one to import from.
        command = [sys.executable, "-P", str(process.__file__), json.dumps(task), str(answer)]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            said = (done.stderr.strip().splitlines() or ["nothing"])[-1]
            raise MeasurementError(
                f"a process that predicts with {task['model']} failed; it said: {said}. Expected "
                "a model of one input of known size, and memory for it"
            )
        found: Stages = json.loads(answer.read_text())
    return found
