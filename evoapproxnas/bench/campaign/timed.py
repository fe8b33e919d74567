"""Campaigns that note when they found what, each in a process of its own."""

import multiprocessing
import tempfile
from collections.abc import Generator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import process_time
from typing import Any

from evoapproxnas.bench.campaign.mechanisms import Variant
from evoapproxnas.config import RunConfig
from evoapproxnas.executors.worker import limit_threads, redirect_output
from evoapproxnas.files import decode, encode_json, read_json, study_folder, write_atomically
from evoapproxnas.problems import make_problem
from evoapproxnas.processor import processor_name
from evoapproxnas.records import Candidate, Evaluation, Outcome
from evoapproxnas.search import Progress, Silent, search
from evoapproxnas.search.api import resolved
from evoapproxnas.store import Counts

RUNS = Path("runs")
"""Where runs are that a configuration names."""
_FOREVER = 100_000
"""Generations: the time ends a campaign, nothing else."""
_Job = tuple[str, RunConfig]
"""Name of a variant, and what it makes of a seed."""


@dataclass(frozen=True)
class Found:
    """A point, when it was found.

    Attributes:
        seconds: processor time of the campaign until then.
        figures: of the point, by name.
    """

    seconds: float
    figures: dict[str, float]


@dataclass(frozen=True)
class Trace:
    """A campaign.

    Attributes:
        variant: name of its configuration.
        seed: of it.
        seconds: processor time until its last outcome.
        candidates: that it came to.
        trainings: that it took.
        passes: over the training images, of all trainings.
        found: its points in the order in which they were found.
    """

    variant: str
    seed: int
    seconds: float
    candidates: int
    trainings: int
    passes: float
    found: tuple[Found, ...]


def bench_campaigns(
    variants: Sequence[Variant],
    *,
    seeds: int,
    minutes: float,
    processes: int,
    folder: Path | None = None,
) -> Generator[Trace, None, None]:
    """Yield campaigns as they end: every variant with every seed, for the same time.

    Each campaign works within its own process, with one thread, and is stopped by the clock;
    what it found is timed by the processor time that it took, which other jobs distort little.
    Seeds come first, so that what ends early can be compared.

    Args:
        variants: configurations, that with all mechanisms first.
        seeds: how many, 0, 1, ...
        minutes: wall-clock time of each campaign, in minutes.
        processes: how many campaigns run at the same time.
        folder: gets each campaign that is whole, and gives it back to a later bench of the same
            configuration, time and processor; None: nothing is kept.

    Raises:
        EvoApproxNASError: if a configuration makes nothing that can be searched.
        StoreError: if the folder is of another bench, in use, damaged, or cannot be written.
    """
    jobs = [
        (variant.name, _resolved(variant.config, seed, minutes))
        for seed in range(seeds)
        for variant in variants
    ]
    with study_folder(folder, _identity(variants[0], minutes)):
        left = []
        for job in jobs:
            path = _file(folder, *job)
            if path is not None and path.is_file():
                yield decode(Trace, read_json(path), where=str(path))
            else:
                left.append(job)
        with closing(_run_all(left, processes)) as traces:
            for job, trace in traces:
                if path := _file(folder, *job):
                    write_atomically(path, encode_json(trace))
                yield trace


def _identity(whole: Variant, minutes: float) -> dict[str, Any]:
    """Return what campaigns that are compared must share."""
    config = whole.config.model_dump(mode="json", exclude={"seed", "execution"})
    return {"processor": processor_name(), "minutes": minutes, **config}


def _file(folder: Path | None, variant: str, config: RunConfig) -> Path | None:
    """Return where a campaign is kept."""
    name = f"{variant.replace(' ', '-')}-{config.seed}.json"
    return None if folder is None else folder / name


def _run_all(jobs: Sequence[_Job], processes: int) -> Generator[tuple[_Job, Trace], None, None]:
    """Run campaigns, so many at a time; those that have not begun are dropped with the rest."""
    pool = ProcessPoolExecutor(
        processes, mp_context=multiprocessing.get_context("spawn"), max_tasks_per_child=1
    )
    try:
        futures = {pool.submit(_run, *job): job for job in jobs}
        for future in as_completed(futures):
            yield futures[future], future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _resolved(config: RunConfig, seed: int, minutes: float) -> RunConfig:
    """Return a configuration that works in its own process until the time is up.

    What would end it is found before any campaign has taken its time.
    """
    limits = {"generations": _FOREVER, "max_evaluations": None, "max_hours": minutes / 60}
    changes = {
        "seed": seed,
        "search": config.search.model_copy(update=limits),
        "execution": config.execution.model_copy(update={"executor": "inline"}),
    }
    timed, problem = resolved(config.model_copy(update=changes), RUNS)
    problem.warm_starts()
    return timed


class _Clock(Silent):
    """Notes what a campaign finds."""

    def __init__(self) -> None:
        self.found: list[Found] = []
        self.counts = Counts()
        self.seconds = 0.0
        self._start = process_time()

    def outcome(self, candidate: Candidate, outcome: Outcome, progress: Progress) -> None:
        """Note the points of an outcome."""
        self.counts, self.seconds = progress.counts, process_time() - self._start
        if isinstance(outcome, Evaluation):
            self.found += [Found(self.seconds, dict(p.metrics)) for p in outcome.points]


def _run(variant: str, config: RunConfig) -> Trace:
    """Run a campaign in this process, which does nothing else before or after."""
    limit_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        redirect_output(Path(folder) / "output.log")
        problem = make_problem(config)
        if problem.prepare is not None:
            problem.prepare()  # Imports are part of no campaign's time.
        clock = _Clock()
        search(config, runs_dir=folder, name="campaign", observer=clock)
    counts = clock.counts
    took = counts.done, counts.trainings, counts.passes
    return Trace(variant, config.seed, clock.seconds, *took, tuple(clock.found))
