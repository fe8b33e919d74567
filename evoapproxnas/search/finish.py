"""The finish of a run: members of its front are worked on in stages, each of which is kept.

Which stages there are is the problem's business. What is done is in RUN/finish, so that a finish
that was killed goes on where it was, and one with other options does again what they decide.
"""

import logging
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pandas as pd

from evoapproxnas.config import RunConfig
from evoapproxnas.errors import EvoApproxNASError, NothingFound, command, unknown_name
from evoapproxnas.executors import Executor, Result, Task
from evoapproxnas.files import let_go
from evoapproxnas.paths import as_path
from evoapproxnas.problems import (
    CHECKPOINT,
    Finisher,
    Member,
    Stage,
    Turn,
    make_finisher,
    make_problem,
)
from evoapproxnas.records import Failure, Point, PointId
from evoapproxnas.search.api import make_executor
from evoapproxnas.search.contribution import by_contribution
from evoapproxnas.search.ending import write_page
from evoapproxnas.search.inputs import check_inputs
from evoapproxnas.search.observer import Observer, Silent
from evoapproxnas.search.recorder import log_file
from evoapproxnas.store import FinishFolder, Run, load_run
from evoapproxnas.store.finish import FOLDER
from evoapproxnas.store.limits import beyond_limits

_log = logging.getLogger("evoapproxnas")


def finalize(
    run: Run | str | Path,
    *,
    observer: Observer | None = None,
    execution: Mapping[str, Any] | None = None,
    **finish: Any,
) -> pd.DataFrame:
    """Finish members of a run's front: what `python -m evoapproxnas finalize` does.

        table = ea.finalize("runs/digits-001", top=2, passes=100)

    They are trained on all training images, get a front of multiplier assignments again, and are
    fine-tuned through their multipliers, beside exact multipliers of fewer bits. The options are
    remembered by the run: calling it again goes on with them where it was interrupted.

    Args:
        run: a run, or its folder.
        observer: is told what happens.
        execution: changes of section `execution`, such as `{"workers": 4}`.
        **finish: changes of section `finish`, such as `top`, `members`, `passes`.

    Returns:
        The figures of all that is finished, as `Run.finished` gives them later.

    Raises:
        ConfigError: for a wrong option, a run of a problem that has nothing to finish, or images
            or multipliers that changed since it was made.
        NothingFound: if the run has no front, or every member failed.
        UnknownNameError: for a member that is not on the front.
        StoreError: if the run cannot be written, or another process works on it.
        EvoApproxNASError: what no member could escape, such as a missing data set.
    """
    if not isinstance(run, Run):
        run = load_run(as_path(run, of="a run folder"))
    make_finisher(run.config)  # Before options are looked at, which another problem has not.
    before = run.config
    try:
        run.reconfigure({"finish": finish, "execution": dict(execution or {})})
        finisher, members = make_finisher(run.config), choose_members(run)
    except EvoApproxNASError:
        run.config = before
        raise
    with ExitStack() as ending:
        ending.callback(let_go, run.lock())
        run.check_acceptable()
        problem, timeout = make_problem(run.config), run.config.finish.timeout_seconds
        check_inputs(run, problem)
        executor = make_executor(run, problem, timeout_seconds=timeout)
        ending.callback(executor.close)
        run.begin_writing()
        ending.callback(run.end_writing)
        handler = log_file(run.path / "campaign.log")
        ending.callback(handler.close)
        ending.callback(_log.removeHandler, handler)
        try:
            table = _Finish(run, finisher, members, executor, observer or Silent()).run()
        except EvoApproxNASError as error:
            _log.error("stopped: %s", error)
            raise
    write_page(run, observer or Silent())
    return table


def choose_members(run: Run) -> list[Member]:
    """Return what is to be finished: what `finish.members` names, or else the `finish.top` ones.

    Raises:
        NothingFound: if the run has no front within its limits.
        UnknownNameError: for a name that is not on the front.
    """
    front = {
        name: point
        for name, point in run.archive().items()
        if run.ranking.violation(point.metrics) == 0
    }
    if not front:
        raise _no_front(run)
    candidates = run.database.candidates()
    groups: dict[str, dict[PointId, Point]] = {}
    for name, point in front.items():
        key = candidates[name.candidate].architecture_key
        groups.setdefault(key, {})[name] = point
    keys = _asked_for(run.config, groups) or _most_telling(run, groups)
    return [_member(run, groups[key]) for key in keys]


def _no_front(run: Run) -> NothingFound:
    """Say what is missing, and a command that goes on with the search: a longer one at its end."""
    done = len(run.database.generations())
    longer = 2 * done if done > run.config.search.generations else None
    again = command("resume", run.name, generations=longer, runs_dir=run.path.parent)
    why = beyond_limits(run) or "no candidate was evaluated"
    return NothingFound(
        f"run {run.name} has no front yet that could be finished: {why}; go on with: {again}"
    )


def _most_telling(run: Run, groups: Mapping[str, Mapping[PointId, Point]]) -> list[str]:
    vectors = {
        key: run.ranking.vectors(point.metrics for point in points.values())
        for key, points in groups.items()
    }
    # As a corner of the front the best one adds little, but all others are to learn from it.
    first = []
    if run.config.finish.teacher == "best":
        first = [min(groups, key=lambda key: min(map(_error, groups[key].values())))]
    return by_contribution(vectors, first)[: run.config.finish.top]


def _error(point: Point) -> float:
    return point.metrics["error"]  # All that can be finished has one.


def _asked_for(config: RunConfig, groups: Mapping[str, Mapping[PointId, Point]]) -> list[str]:
    """Keys of the architectures that `finish.members` names, each once."""
    by_name: dict[str, str] = {}
    for key, points in groups.items():
        for point in points:
            by_name |= {str(point.candidate): key, str(point): key}
    for name in config.finish.members:
        if name not in by_name:
            raise unknown_name("member of the front", name, by_name)
    return list(dict.fromkeys(by_name[name] for name in config.finish.members))


def _member(run: Run, points: Mapping[PointId, Point]) -> Member:
    """Stand for an architecture by its point of the least error."""
    best = min(points, key=lambda name: _error(points[name]))
    return Member(
        run.database.candidates(best.candidate)[best.candidate],
        run.database.evaluations()[best.made_in].weights,
        tuple(point.assignment for point in points.values()),
        _error(points[best]),
    )


class _Finish:
    """Works on the stages of members until none is left; earlier members go first.

    Several workers do the long stages of all members first, so that none is idle at the end.
    """

    def __init__(
        self,
        run: Run,
        finisher: Finisher,
        members: Sequence[Member],
        executor: Executor,
        observer: Observer,
    ) -> None:
        self._run, self._finisher, self._members = run, finisher, members
        self._best = min(members, key=lambda member: member.error)
        self._executor, self._observer = executor, observer
        self._folder = FinishFolder(run.path / FOLDER)
        execution = run.config.execution
        self._workers = 1 if execution.executor == "inline" else execution.workers
        self._running: dict[int, Stage] = {}
        self._failed: dict[str, Failure] = {}

    def run(self) -> pd.DataFrame:
        names = ", ".join(member.id for member in self._members)
        self._tell(f"finishing {names} of run {self._run.path}, seed {self._run.config.seed}")
        self._fill()
        for ticket, outcome in self._executor.completed():
            self._take(self._running.pop(ticket), outcome)
            self._fill()
        table = self._write_table()
        if waiting := self._waiting():
            self._tell(
                f"left out: {', '.join(waiting)}, which learn from {self._best.id}, whose "
                "training failed; finalize again with finish.teacher=own, or without "
                f"{self._best.id}"
            )
        if table.empty and self._failed:
            name, failure = next(iter(self._failed.items()))
            raise NothingFound(f"nothing was finished: {name} failed, {failure.reason}")
        self._tell(f"finished: {self._run.path / FOLDER}")
        return table

    def _fill(self) -> None:
        """Give work to all workers, as far as there is some."""
        while len(self._running) < self._workers and (stage := self._next()) is not None:
            ticket = self._executor.submit(self._task(stage))
            self._running[ticket] = stage

    def _next(self) -> Stage | None:
        busy = {stage.name for stage in self._running.values()}
        ready = [
            stage
            for member in self._members
            for stage in self._stages(member) or ()
            if stage.name not in busy and _shown(stage) not in self._failed
        ]
        if self._workers > 1:
            ready.sort(key=lambda stage: stage.order)
        return ready[0] if ready else None

    def _stages(self, member: Member) -> Sequence[Stage] | None:
        models = self._run.models_dir
        return self._finisher.stages(member, self._best, self._folder, models)

    def _task(self, stage: Stage) -> Task:
        blobs = {name: self._folder.read(file) for name, file in stage.reads.items()}
        checkpoint = self._folder.checkpoint(stage.name)
        if checkpoint is not None:
            blobs[CHECKPOINT] = checkpoint
        return Task.of(stage.function, stage.work, blobs)

    def _take(self, stage: Stage, outcome: Result | Failure) -> None:
        if isinstance(outcome, Failure):
            self._failed[_shown(stage)] = outcome
            self._tell(f"{_shown(stage)} failed ({outcome.kind}): {outcome.reason}")
            return
        turn = outcome.read(Turn)
        if turn.complete:
            blobs = {name: outcome.blobs[name] for name in stage.leaves}
            self._folder.complete(stage.name, turn.record, blobs)
            self._write_table()
        else:
            self._folder.keep_checkpoint(stage.name, outcome.blobs[CHECKPOINT])
        self._tell(f"{stage.name.id} {turn.text}")

    def _waiting(self) -> list[str]:
        """Members that wait for the best one."""
        return [member.id for member in self._members if self._stages(member) is None]

    def _write_table(self) -> pd.DataFrame:
        table = self._finisher.table(self._folder.rows())
        self._folder.write_table(table)
        return table

    def _tell(self, text: str) -> None:
        _log.info(text)
        self._observer.message(text)


def _shown(stage: Stage) -> str:
    return f"{stage.name.kind} of {stage.name.id}"
