"""All that a page shows of a run, read at one moment, so that a campaign may write meanwhile."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from evoapproxnas.config import RunConfig
from evoapproxnas.constraints import Ranking
from evoapproxnas.errors import ConfigError
from evoapproxnas.files import is_taken, read_json
from evoapproxnas.networks import Network
from evoapproxnas.pareto import non_dominated
from evoapproxnas.records import (
    Candidate,
    CandidateId,
    Evaluation,
    Failure,
    Point,
    PointId,
    StepId,
    each_once,
)
from evoapproxnas.report.data import progress_frame
from evoapproxnas.report.data.grouping import label_runs
from evoapproxnas.store import Counts, GenerationRow, Run, TrainingRow
from evoapproxnas.store.finish import FOLDER, TABLE

_LOG_TAIL = 64 * 1024
"""Bytes from the end of a log in which its last lines are looked for."""
_MOST_NETWORKS = 4096
"""That are remembered from page to page."""


@dataclass(frozen=True)
class Snapshot:
    """One run at one moment.

    Attributes:
        path: its folder.
        label: what it is called beside the others of a page.
        config: its configuration.
        ranking: objectives and limits.
        candidates: all that were proposed, in order of birth.
        evaluations: what steps gave, cache hits included.
        hits: candidates that took over the figures of another one.
        trainings: in the order in which they ended.
        failures: steps without figures: failed, rejected and lost ones.
        tests: test figures by point.
        generations: those that are complete.
        counts: what it took.
        hours: of all its sessions.
        environment: where it was made, by name; empty if that is not known.
        library: folder of its own multipliers, if it has some and they may be looked at.
        progress: hypervolume over what it took, see `report.data.progress_frame`.
        ended: why the campaign ended, in words; empty while it goes on, or after it was killed.
        running: whether a process works on it; None where this machine does not say.
        finished: what `finalize` made; None if nothing is finished.
        begun_finish: whether `finalize` was begun.
    """

    path: Path
    label: str
    config: RunConfig
    ranking: Ranking
    candidates: Mapping[CandidateId, Candidate]
    evaluations: Mapping[StepId, Evaluation]
    hits: Mapping[CandidateId, CandidateId]
    trainings: tuple[TrainingRow, ...]
    failures: Mapping[StepId, Failure]
    tests: Mapping[PointId, Mapping[str, float]]
    generations: tuple[GenerationRow, ...]
    counts: Counts
    hours: float
    environment: Mapping[str, Any]
    library: str | None
    progress: pd.DataFrame
    ended: str
    running: bool | None
    finished: pd.DataFrame | None
    begun_finish: bool

    @property
    def name(self) -> str:
        """Name of the run."""
        return self.path.name

    @property
    def of_networks(self) -> bool:
        """Whether candidates are networks, with a multiplier for each layer."""
        return self.config.problem == "cnn"

    @property
    def complete(self) -> bool:
        """Whether its last generation is done, whatever its log says, or does not say any more."""
        last = max((row.generation for row in self.generations), default=-1)
        return last >= self.config.search.generations

    @property
    def out_of_time(self) -> bool:
        """Whether it worked for as long as it was allowed to."""
        most = self.config.search.max_hours
        return most is not None and self.hours >= most

    @cached_property
    def points(self) -> dict[PointId, Point]:
        """All points but those of cache hits, in order of birth."""
        return {
            PointId(step.candidate, step.step, number): point
            for step, evaluation in self.evaluations.items()
            if step.candidate not in self.hits
            for number, point in enumerate(evaluation.points)
        }

    @cached_property
    def front(self) -> tuple[PointId, ...]:
        """Members of the Pareto front, best first objective first."""
        points = each_once(self.points, self.evaluations)
        metrics = {name: point.metrics for name, point in points.items()}
        known = {name: m for name, m in metrics.items() if self.ranking.knows(m)}
        vectors = self.ranking.vectors(known.values())
        order = {
            name: tuple(vector)
            for name, vector, kept in zip(known, vectors, non_dominated(vectors), strict=True)
            if kept
        }
        return tuple(sorted(order, key=lambda name: (order[name], name)))

    @cached_property
    def networks(self) -> dict[str, Network]:
        """Networks of candidates that have figures, by architecture; damaged ones are left out."""
        found: dict[str, Network] = {}
        for place in dict.fromkeys(name.candidate for name in self.points):
            candidate = self.candidates[place]
            key = architecture_of(candidate)
            if self.of_networks and key not in found:
                network = _network(candidate.network)
                if network is not None:
                    found[key] = network
        return found

    def assignment(self, name: PointId) -> Mapping[str, str]:
        """Return multipliers by layer of a point; of runs that record none, those of the network.

        Args:
            name: id of the point.
        """
        if self.points[name].assignment:
            return self.points[name].assignment
        network = self.networks.get(architecture_of(self.candidates[name.candidate]))
        return {} if network is None else network.assignment


@lru_cache(maxsize=_MOST_NETWORKS)
def _network(text: str) -> Network | None:
    """Read a network; None if it is damaged. A page that is made anew reads few that are new."""
    try:
        return Network.from_dict(json.loads(text))
    except (ConfigError, LookupError, ValueError):
        return None


def architecture_of(candidate: Candidate) -> str:
    """Return the key of what candidates that differ in multipliers alone have in common."""
    return candidate.architecture_key or candidate.key


def read_snapshots(runs: Sequence[Run]) -> list[Snapshot]:
    """Read runs, each once; campaigns may write them meanwhile.

    Args:
        runs: at least one.

    Raises:
        ConfigError: for no run.
        StoreError: if a run is damaged.
    """
    return snapshots_of([run.at_one_moment() for run in runs])


def snapshots_of(moments: Sequence[Run]) -> list[Snapshot]:
    """Put runs that are in memory beside each other.

    Args:
        moments: of `load_moment` or `Run.at_one_moment`.

    Raises:
        ConfigError: for no run.
        StoreError: if a run is damaged.
    """
    if not moments:
        raise ConfigError("expected at least one run, got none")
    labelled = label_runs(moments)
    grown = _progress([one.run for one in labelled])
    return [
        snapshot_of(one.run, one.label, progress)
        for one, progress in zip(labelled, grown, strict=True)
    ]


def _progress(runs: Sequence[Run]) -> list[pd.DataFrame]:
    """Return the hypervolume of each run, of one reference where objectives are the same."""
    if any(run.ranking.directions != runs[0].ranking.directions for run in runs):
        return [progress_frame([run]) for run in runs]
    together = progress_frame(runs)
    return [together[together["run"] == one.label] for one in label_runs(runs)]


def snapshot_of(run: Run, label: str, progress: pd.DataFrame) -> Snapshot:
    """Put a run that is in memory together with what stands beside its rows.

    Args:
        run: of `load_moment` or `Run.at_one_moment`.
        label: what it is called.
        progress: its hypervolume, see `report.data.progress_frame`.

    Raises:
        StoreError: if a file beside the database is damaged.
    """
    database = run.database
    return Snapshot(
        label=label,
        progress=progress,
        path=run.path,
        config=run.config,
        ranking=run.ranking,
        candidates=database.candidates(),
        evaluations=database.evaluations(),
        hits=database.cache_hits(),
        trainings=tuple(database.trainings()),
        failures=database.failures(),
        tests=database.tests(),
        generations=tuple(database.generations()),
        counts=database.counts(),
        hours=database.seconds_worked() / 3600,
        environment=_environment(run.path / "environment.json"),
        library=run.config.space.library,
        ended=why_ended(run.path),
        running=is_taken(run.path),
        finished=_finished(run),
        begun_finish=(run.path / FOLDER).is_dir(),
    )


def _environment(file: Path) -> Mapping[str, Any]:
    if not file.is_file():
        return {}
    found = read_json(file)
    return found if isinstance(found, dict) else {}


def why_ended(run: Path) -> str:
    """Return why the last session of a run ended; its log is all that knows it.

    Args:
        run: its folder.
    """
    log = run / "campaign.log"
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - _LOG_TAIL))
            lines = stream.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    reason = ""
    for line in lines:
        begun, _, text = line.partition(" INFO ")[2].partition(" ")
        if begun == "run":
            reason = ""
        elif begun == "finished:" and Path(text).name != FOLDER:
            reason = text
    return reason


def _finished(run: Run) -> pd.DataFrame | None:
    """Return what is finished; a finish that was only begun has nothing yet."""
    return run.finished() if (run.path / FOLDER / TABLE).is_file() else None
