"""A dry run: what a campaign would take, judged by one candidate that is really evaluated."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from evoapproxnas.config import RunConfig
from evoapproxnas.errors import NothingFound
from evoapproxnas.problems import Step, make_ranking
from evoapproxnas.records import Candidate, Evaluation
from evoapproxnas.search.api import make_executor, resolved
from evoapproxnas.search.observer import Silent
from evoapproxnas.search.pace import Load, expected_further, first_passes
from evoapproxnas.search.recorder import Recorder
from evoapproxnas.search.session import Session
from evoapproxnas.store import create_run

_TRIES = 5
"""Candidates that may fail before it is given up to time one."""


@dataclass(frozen=True)
class Forecast:
    """What a campaign would take.

    Attributes:
        candidates: that it has at most, copies and rejected ones included.
        steps: trainings and measurements expected, promotions to later rungs included.
        passes: over the training images, expected.
        timed: id of the candidate that was timed.
        seconds: that its first step took a worker.
        workers: that there are: one, where candidates are evaluated in the campaign's process.
        hours: expected, with all workers; no more than `search.max_hours`.
        disk_mb: that the run folder may grow to, in MB.
    """

    candidates: int
    steps: int
    passes: float
    timed: str
    seconds: float
    workers: int
    hours: float
    disk_mb: float


def dry_run(config: RunConfig, *, runs_dir: str | Path = "runs") -> Forecast:
    """Evaluate one candidate of a campaign that is not run, and forecast the rest by it.

    The candidate is the one of median size of the first generation. Everything is done in a
    temporary folder. How far later networks differ in size from the first, and how many need no
    training, shows only as a campaign runs.

    Args:
        config: of the campaign.
        runs_dir: folder that holds the runs it may name.

    Returns:
        What was measured, and what follows from it.

    Raises:
        NothingFound: if no candidate could be evaluated.
        EvoApproxNASError: if the configuration makes nothing that can be searched.
    """
    config, problem = resolved(config, Path(runs_dir))
    with tempfile.TemporaryDirectory(prefix="evoapproxnas-") as folder:
        ranking, warm = make_ranking(problem, config), problem.warm_starts()
        run = create_run(Path(folder) / "trial", config, ranking, warm_starts=warm)
        recorder = Recorder(run)
        executor = make_executor(run, problem)
        try:
            executor.start()
            recorder.begin()
            session = Session(run, problem, recorder, executor, Silent())
            step, outcome = _time_one(session)
            to_the_end = len(session.advance.to_the_end)
        finally:
            executor.close()
            recorder.end()
            run.database.close()
        kept = sum(file.stat().st_size for file in run.models_dir.iterdir())
        rows = (run.path / "campaign.sqlite").stat().st_size / config.search.population
        return _forecast(config, step, outcome, to_the_end=to_the_end, kept=kept, rows=rows)


def _time_one(session: Session) -> tuple[Step, Evaluation]:
    """Do the first step of a candidate, the next one where that fails."""
    proposals = session.algorithm.ask(0)
    session.register([proposal.candidate for proposal in proposals])
    left = [p.candidate for p in proposals if not session.settle_at_once(p)]
    reason = "all of the first generation are beyond a limit, or could not be made"
    for candidate in _from_the_middle(session, left)[:_TRIES]:
        step = session.steps.first(candidate)  # That of most: not to the last rung at once.
        for _, _, outcome in session.evaluator.outcomes([(candidate, step)], session.lost):
            session.take(candidate, step.id, outcome)
            if isinstance(outcome, Evaluation):
                return step, outcome
            reason = outcome.reason
    raise NothingFound(f"no candidate could be timed: {reason}")


def _from_the_middle(session: Session, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Order candidates by how near their size is to the median."""
    by_size = sorted(candidates, key=session.evaluator.size)
    middle = (len(by_size) - 1) / 2
    return [by_size[i] for i in sorted(range(len(by_size)), key=lambda i: abs(i - middle))]


def _forecast(
    config: RunConfig,
    step: Step,
    outcome: Evaluation,
    *,
    to_the_end: int,
    kept: int,
    rows: float,
) -> Forecast:
    search = config.search
    candidates = search.population * (search.generations + 1)
    evaluated = min(candidates, search.max_evaluations or candidates)
    passes = first_passes(step, config) if outcome.training else 0.0
    further = expected_further(config).times(max(evaluated - to_the_end, 0))
    if config.rungs.passes:
        further += Load(0, config.rungs.passes[-1] - passes).times(min(evaluated, to_the_end))
    work = Load(1, passes).times(evaluated) + further
    # Where a table says what a training came to, its seconds are of whoever made the table.
    training = min(outcome.training.seconds, outcome.seconds) if outcome.training else 0.0
    seconds = work.steps * (outcome.seconds - training)
    seconds += work.passes * training / passes if passes else 0.0
    workers = 1 if config.execution.executor == "inline" else config.execution.workers
    hours = seconds / workers / 3600
    # Weights are kept of survivors, of members of the front, and of a generation in progress.
    folder = kept * min(evaluated, 3 * search.population) + rows * candidates
    return Forecast(
        candidates=candidates,
        steps=round(work.steps),
        passes=round(work.passes, 1),
        timed=str(step.id),
        seconds=outcome.seconds,
        workers=workers,
        hours=hours if search.max_hours is None else min(hours, search.max_hours),
        disk_mb=folder / 1e6,
    )
