"""A run folder: configuration, database, environment, log, front and models of one campaign.

runs/NAME/
config.toml        the resolved configuration
inputs.json        digests of images, multipliers and other files
environment.json   versions, processor, revision
campaign.sqlite    every candidate, training, figure and failure
campaign.log       what happened when
init.json          the candidates that it begins with, if any
front.csv          the Pareto front, after every generation
pareto.png         its figure
report.html        all of it on a page, once the campaign is over
models/            weights of every front member, and its ID.keras once it was tested
finish/            what `finalize` made of members of the front, see `finish`
"""

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
from filelock import FileLock

from evoapproxnas.config import (
    MAY_CHANGE,
    RunConfig,
    flat,
    may_change,
    parse_config,
    read_toml,
)
from evoapproxnas.constraints import Ranking
from evoapproxnas.errors import ConfigError, StoreError, command
from evoapproxnas.files import (
    decode,
    make_folder,
    read_json,
    remove_leftovers,
    take_lock,
    write_atomically,
)
from evoapproxnas.networks import Network
from evoapproxnas.pareto import non_dominated
from evoapproxnas.records import Candidate, CandidateId, Point, PointId, WarmStart, each_once
from evoapproxnas.store.acceptance import check_change, plain
from evoapproxnas.store.agreement import rung_agreement
from evoapproxnas.store.database import Database
from evoapproxnas.store.finish import read_finished
from evoapproxnas.store.moment import read_moment
from evoapproxnas.store.run_card import run_card
from evoapproxnas.store.tables import Measured, figures_table
from evoapproxnas.store.warm import read_warm_starts
from evoapproxnas.wording import several

if TYPE_CHECKING:
    import keras

CONFIG, DATABASE, ENVIRONMENT = "config.toml", "campaign.sqlite", "environment.json"
INPUTS = "inputs.json"


class Run:
    """One campaign on disk; reading needs no lock and works while the campaign goes on.

    Attributes:
        path: its folder.
        config: its configuration, with what `reconfigure` changed.
        database: its rows.
    """

    def __init__(
        self, path: Path, config: RunConfig, database: Database, *, read_only: bool = False
    ) -> None:
        """Wrap an open run; use `create_run` or `load_run`.

        Args:
            path: its folder.
            config: its configuration.
            database: its rows, open.
            read_only: no campaign may go on with it.
        """
        self.path = path
        self.config = config
        self.database = database
        self._read_only = read_only
        self._ranking = database.ranking()

    def __repr__(self) -> str:
        """Say what was searched, how far it came and what it found."""
        return (
            f"<Run {self.name!r} of {self.config.problem} ({self._objectives()}): {self._came()}>"
        )

    def _repr_html_(self) -> str:
        """Show the same in a notebook, with the front as a picture and a table."""
        note = f"{self.config.problem} ({self._objectives()}): {self._came()}; {self.path}"
        title, directions = f"Run {self.name}", self._ranking.directions
        return run_card(title, note, directions, self.front(), self.evaluations())

    def _objectives(self) -> str:
        return ", ".join(self._ranking.directions)

    def _came(self) -> str:
        """Say how far it came."""
        done = self.database.generations()
        last = f"generation {done[-1].generation}" if done else "no generation"
        evaluated = {step.candidate for step in self.database.evaluations()}
        wanted, found = self.config.search.generations, several(len(evaluated), "candidate")
        return f"{last} of {wanted} done, {found} evaluated, {len(self.archive())} on the front"

    @property
    def name(self) -> str:
        """Name of the run, which is its folder's."""
        return self.path.name

    @property
    def models_dir(self) -> Path:
        """Where front members keep their weights."""
        return self.path / "models"

    @property
    def ranking(self) -> Ranking:
        """Objectives and limits."""
        return self._ranking

    @cached_property
    def warm_starts(self) -> tuple[WarmStart, ...]:
        """The first candidates that the run was made with."""
        return read_warm_starts(self.path)

    @cached_property
    def inputs(self) -> Mapping[str, str]:
        """Digests of images and multipliers that it was made with; none in older runs.

        Raises:
            StoreError: if `inputs.json` is malformed.
        """
        file = self.path / INPUTS
        if not file.exists():
            return {}
        return decode(dict[str, str], read_json(file), where=str(file))

    def at_one_moment(self) -> "Run":
        """Return this run as it is now, with every row in memory; it does not change any more.

        Raises:
            StoreError: if it is damaged or gone.
        """
        database = read_moment(self.path / DATABASE, limits=self.config.search.limits)
        return Run(self.path, self.config, database, read_only=True)

    def points(self) -> dict[PointId, Point]:
        """Every point, cache hits included, in order of birth."""
        return {
            PointId(step.candidate, step.step, number): point
            for step, evaluation in self.database.evaluations().items()
            for number, point in enumerate(evaluation.points)
        }

    def archive(self) -> dict[PointId, Point]:
        """The elitist archive: all non-dominated points so far, each once.

        What a damaged run holds without a number for an objective is not among them.
        """
        hits = self.database.cache_hits()
        first = {
            name: p
            for name, p in self.points().items()
            if name.candidate not in hits and self._ranking.knows(p.metrics)
        }
        keep = non_dominated(self._ranking.vectors(p.metrics for p in first.values()))
        front = {name: p for (name, p), kept in zip(first.items(), keep, strict=True) if kept}
        return each_once(front, self.database.evaluations())

    def front(self) -> pd.DataFrame:
        """The Pareto front, best first objective first.

        Returns:
            One row a point: `id`, the objectives, every other figure (`exact8_error`,
            `float_error`, `relative_energy`, ...; validation split), `test_*` where the test
            set was evaluated, `accelerator` where a figure depends on it, and `multipliers` with
            the layers that use each.
        """
        return self._table(self.archive())

    def evaluations(self) -> pd.DataFrame:
        """Every point, in the columns of `front`, cache hits included."""
        return self._table(self.points())

    def finished(self) -> pd.DataFrame:
        """What `finalize` made of members of the front; see `read_finished`.

        Returns:
            One row for each network: `id`, test accuracies, energies, and what they are compared
            with. The model is `finish/ID.keras` in the run's folder.

        Raises:
            StoreError: if nothing was finished.
        """
        return read_finished(self.path)

    def failures(self) -> pd.DataFrame:
        """List candidates without figures, and why.

        Returns:
            Columns `id`, `kind`, `reason` and `seconds`, a row each, in order of birth.
        """
        rows = [
            {"id": str(place), "kind": f.kind, "reason": f.reason, "seconds": f.seconds}
            for place, f in self.database.failures().items()
        ]
        return pd.DataFrame(rows, columns=["id", "kind", "reason", "seconds"])

    def rung_agreement(self, *, score: str | None = None) -> pd.DataFrame:
        """Return the rank correlation between training rungs; see `agreement.rung_agreement`.

        Args:
            score: figure that ranks candidates; None: `error`, or the first objective where there
                is none.
        """
        return rung_agreement(self, score=score)

    def network(self, name: str | CandidateId | PointId) -> Network:
        """The network of a candidate (`g03-05`), or of one of its points (`g03-05-r1-p2`).

        Args:
            name: its id. That of a point gives the network with the point's assignment.

        Raises:
            StoreError: if there is no such candidate or point, or it is no network.
        """
        found = self.candidate(name)
        try:
            network = Network.from_dict(json.loads(found.network))
        except (ConfigError, ValueError) as error:
            raise StoreError(
                f"candidate {found.id} of {self.path} is no network: {error}"
            ) from error
        point = self.point(name)
        return network if point is None else network.with_assignment(point.assignment)

    def accelerator(self, name: str | CandidateId | PointId) -> str:
        """The accelerator of a point, or of a candidate's first one, by name.

        `load_accelerator` reads it. It is that of the configuration where the run stored none.

        Args:
            name: its id.

        Raises:
            StoreError: if there is no such candidate.
        """
        self.candidate(name)
        point = self.point(name)
        return (point.accelerator if point else "") or self.config.hardware.accelerator

    def candidate(self, name: str | CandidateId | PointId) -> Candidate:
        """The candidate of an id, or the one that a point of this id belongs to.

        Args:
            name: an id such as "g03-05", "g03-05-r1" or "g03-05-p2".

        Raises:
            StoreError: if it is no id, or of no candidate.
        """
        place = PointId.parse(str(name)).candidate
        if found := self.database.candidates(place).get(place):
            return found
        see = command("show", self.name, "--all", runs_dir=self.path.parent)
        raise StoreError(f"run {self.name} has no candidate {name}; see all with: {see}")

    def point(self, name: str | CandidateId | PointId) -> Point | None:
        """The point of an id; None if there is none, as of a candidate that was not evaluated.

        Args:
            name: its id, such as "g03-05-r1-p2"; without step or number it is the first.
        """
        return self.points().get(PointId.parse(str(name)))

    def meaning(self, name: str | CandidateId | PointId) -> str:
        """What the genes of a candidate mean, as the problem of the run writes it: JSON text.

        Args:
            name: id of the candidate, or of one of its points.

        Raises:
            StoreError: if there is no such candidate.
        """
        return self.candidate(name).network

    def model(
        self,
        name: str | CandidateId | PointId,
        *,
        kind: Literal["approximated", "float"] = "approximated",
    ) -> "keras.Model":
        """The trained model of a front member, or of any point whose weights were kept.

        Args:
            name: its id.
            kind: `approximated` with its multipliers, or `float`, as it was before that.

        Raises:
            StoreError: if there is no such point, or its weights were not kept.
        """
        # TensorFlow takes seconds to load, and only this needs it.
        from evoapproxnas.store.models import load_model

        self.candidate(name)
        return load_model(self, PointId.parse(str(name)), kind=kind)

    def write_front(self, front: pd.DataFrame | None = None) -> Path:
        """Write `front.csv` in one step, so that readers never see half a file.

        Args:
            front: None is the front as it is now.

        Returns:
            Path of the file.
        """
        target = self.path / "front.csv"
        table = self.front() if front is None else front
        write_atomically(target, table.to_csv(index=False))
        return target

    def reconfigure(self, changes: Mapping[str, Mapping[str, Any]]) -> None:
        """Change stop rules or limits for the sessions to come; None changes nothing.

        The folder is changed by the campaign that goes on, once nothing stands against that.

        Args:
            changes: values by section and key.

        Raises:
            ConfigError: for a wrong value, or a key that cannot change.
        """
        values = plain(self.config)
        for section, keys in changes.items():
            given = {key: value for key, value in keys.items() if value is not None}
            if fixed := [key for key in flat({section: given}) if not may_change(key)]:
                raise ConfigError(
                    f"{fixed[0]} of a run cannot change; what may is {', '.join(MAY_CHANGE)}"
                )
            values[section].update(given)
        self.config = parse_config(values)

    def lock(self) -> FileLock:
        """Take the run for writing; `let_go` gives it back, and so does the end of this process.

        Returns:
            What `let_go` takes.

        Raises:
            StoreError: if another process works on it or it cannot be written.
        """
        watch = command("show", self.name, runs_dir=self.path.parent)
        return take_lock(self.path, advice=f"stop it first, or watch it with: {watch}")

    def check_acceptable(self) -> None:
        """Check that the run may go on with its present configuration; changes nothing.

        Raises:
            ConfigError: if something else than `config.MAY_CHANGE` differs from before.
            StoreError: if the run was opened for reading only.
        """
        if self._read_only:
            raise StoreError(f"run {self.path} was opened for reading only; open it to write")
        check_change(self.database.config(), read_toml(self.path / CONFIG))

    def begin_writing(self) -> None:
        """Open the database for writing, migrating an older one, and record the configuration.

        What a killed session left half written among the models is removed. Call it under the
        `lock`, after `check_acceptable`; `end_writing` undoes it.
        """
        self._reopen(read_only=False)
        make_folder(self.models_dir)  # Someone may have removed it to save space.
        remove_leftovers(self.models_dir)
        text = self.config.to_toml()
        if text != (self.path / CONFIG).read_text("utf-8"):
            write_atomically(self.path / CONFIG, text)
        if self.database.config() != plain(self.config):
            self.database.set_config(plain(self.config))

    def end_writing(self) -> None:
        """Close the database and open it for reading again."""
        self._reopen(read_only=True)

    def _reopen(self, *, read_only: bool) -> None:
        self.database.close()
        limits = self.config.search.limits
        self.database = Database.open(self.path / DATABASE, read_only=read_only, limits=limits)

    def _table(self, points: Mapping[PointId, Point]) -> pd.DataFrame:
        tests = self.database.tests()
        rows = (Measured(name, p, tests.get(name, {})) for name, p in points.items())
        return figures_table(self._ranking.directions, rows)
