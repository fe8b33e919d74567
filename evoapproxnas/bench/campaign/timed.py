"""Campaigns that note when they found what, each in a process of its own."""

import multiprocessing
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from time import process_time

from evoapproxnas.bench.campaign.mechanisms import Variant
from evoapproxnas.config import RunConfig
from evoapproxnas.executors.worker import limit_threads, redirect_output
from evoapproxnas.problems import make_problem
from evoapproxnas.records import Candidate, Evaluation, Outcome
from evoapproxnas.search import Progress, Silent, search
from evoapproxnas.search.api import resolved
from evoapproxnas.store import Counts

RUNS = Path("runs")
"""Where runs are that a configuration names."""
_FOREVER = 100_000
"""Generations: the time ends a campaign, nothing else."""


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
    variants: Sequence[Variant], *, seeds: int, minutes: float, processes: int
) -> Iterator[Trace]:
    """Yield campaigns as they end: every variant with every seed, for the same time.

    Each campaign works within its own process, with one thread, and is stopped by the clock;
    what it found is timed by the processor time that it took, which other jobs distort little.
    Seeds come first, so that what ends early can be compared.

    Args:
        variants: configurations.
        seeds: how many, 0, 1, ...
        minutes: wall-clock time of each campaign, in minutes.
        processes: how many campaigns run at the same time.

    Raises:
        EvoApproxNASError: if a configuration makes nothing that can be searched.
    """
    jobs = [
        (variant.name, _resolved(variant.config, seed, minutes))
        for seed in range(seeds)
        for variant in variants
    ]
    with ProcessPoolExecutor(
        processes, mp_context=multiprocessing.get_context("spawn"), max_tasks_per_child=1
    ) as pool:
        for future in as_completed([pool.submit(_run, *job) for job in jobs]):
            yield future.result()


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
