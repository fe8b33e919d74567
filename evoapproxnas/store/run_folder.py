"""A run folder: configuration, database, environment, log, front and models of one campaign.

runs/NAME/
config.toml        the resolved configuration
environment.json   versions, processor, revision
campaign.sqlite    every candidate, figure and failure
campaign.log       what happened when
front.csv          the Pareto front, after every generation
pareto.png         its figure
models/            ID.keras and ID.float.keras of every front member
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from filelock import FileLock

from evoapproxnas.config import RunConfig, load_config, parse_config
from evoapproxnas.errors import StoreError, command
from evoapproxnas.files import (
    atomic_folder,
    encode_json,
    make_folder,
    remove_leftovers,
    take_lock,
    write_atomically,
)
from evoapproxnas.networks import Network
from evoapproxnas.pareto import Points, non_dominated
from evoapproxnas.records import CandidateId, Evaluation
from evoapproxnas.store.database import Database
from evoapproxnas.store.environment import describe_environment

INFEASIBLE = 1e15
"""Objective value of candidates beyond a limit; no figure of a network comes near it."""

_SIGNS = {"min": 1.0, "max": -1.0}
_CONFIG, _DATABASE, _ENVIRONMENT = "config.toml", "campaign.sqlite", "environment.json"


class Run:
    """One campaign on disk; reading needs no lock and works while the campaign goes on."""

    def __init__(self, path: Path, config: RunConfig, database: Database) -> None:
        """Wrap an open run; use `create_run` or `load_run`."""
        self.path = path
        self.config = config
        self.database = database

    @property
    def name(self) -> str:
        """Name of the run, which is its folder's."""
        return self.path.name

    @property
    def models_dir(self) -> Path:
        """Where front members keep their weights."""
        return self.path / "models"

    def vectors(self, evaluations: Iterable[Evaluation]) -> Points:
        """Objective vectors, shape (n, m), every column to be minimized.

        A candidate beyond a limit of `search.limits` gets `INFEASIBLE` plus its violation in
        every column: all within the limits dominate it, and of two beyond them the one that is
        less so dominates (constrained domination of Deb et al. 2002).
        """
        directions = self.database.directions()
        signs = [_SIGNS[direction] for direction in directions.values()]
        rows = []
        for evaluation in evaluations:
            excess = self._violation(evaluation)
            values = [evaluation.metrics[name] for name in directions]
            signed = [sign * value for sign, value in zip(signs, values, strict=True)]
            rows.append([INFEASIBLE + excess] * len(signs) if excess > 0 else signed)
        return np.array(rows, dtype=np.float64).reshape(-1, len(signs))

    def _violation(self, evaluation: Evaluation) -> float:
        """How far beyond its limits a candidate is, in units of each limit; 0 within."""
        directions = self.database.directions()
        total = 0.0
        for name, limit in self.config.search.limits.items():
            sign = _SIGNS[directions.get(name, "min")]
            excess = sign * (evaluation.metrics[name] - limit)
            total += max(0.0, excess / (abs(limit) or 1.0))
        return total

    def archive(self) -> dict[CandidateId, Evaluation]:
        """The elitist archive: all non-dominated evaluations so far, each network once."""
        hits = self.database.cache_hits()
        first = {p: e for p, e in self.database.evaluations().items() if p not in hits}
        keep = non_dominated(self.vectors(first.values()))
        return {p: e for (p, e), kept in zip(first.items(), keep, strict=True) if kept}

    def front(self) -> pd.DataFrame:
        """The Pareto front, best first objective first.

        Returns:
            One row a network: `id`, the objectives, every other figure (`exact8_error`,
            `float_error`, `relative_energy`, ...; validation split), `test_*` where the test
            set was evaluated, and `multipliers` with the layers that use each.
        """
        return self._table(self.archive())

    def evaluations(self) -> pd.DataFrame:
        """Every evaluated candidate, in the columns of `front`, cache hits included."""
        return self._table(self.database.evaluations())

    def failures(self) -> pd.DataFrame:
        """Candidates without figures, and why: columns id, kind, reason, seconds."""
        rows = [
            {"id": str(place), "kind": f.kind, "reason": f.reason, "seconds": f.seconds}
            for place, f in self.database.failures().items()
        ]
        return pd.DataFrame(rows, columns=["id", "kind", "reason", "seconds"])

    def network(self, candidate: str | CandidateId) -> Network:
        """The network of one candidate, by id (`g03-05`).

        Raises:
            StoreError: if there is no such candidate.
        """
        for place, row in self.database.candidates().items():
            if str(place) == str(candidate):
                return Network.from_dict(json.loads(row.network))
        raise StoreError(f"run {self.name} has no candidate {candidate}; ids look like g03-05")

    def write_front(self) -> Path:
        """Write `front.csv` in one step, so that readers never see half a file."""
        target = self.path / "front.csv"
        write_atomically(target, self.front().to_csv(index=False))
        return target

    def reconfigure(self, changes: Mapping[str, Mapping[str, Any]]) -> None:
        """Change stop rules or limits for the sessions to come; None changes nothing.

        Args:
            changes: values by section and key, of `search` and `execution` only.

        Raises:
            ConfigError: for a wrong value.
        """
        values = self.config.model_dump(mode="json", exclude_none=True)
        for section, keys in changes.items():
            values[section].update({k: v for k, v in keys.items() if v is not None})
        config = parse_config(values)
        if config != self.config:
            write_atomically(self.path / _CONFIG, config.to_toml())
            self.config = config

    def lock(self) -> FileLock:
        """Take the run for writing; released when this process ends, however it ends.

        Raises:
            StoreError: if another process works on it or it cannot be written.
        """
        watch = command("show", self.name, runs_dir=self.path.parent)
        lock = take_lock(self.path, advice=f"stop it first, or watch it with: {watch}")
        make_folder(self.models_dir)  # Someone may have removed it to save space.
        remove_leftovers(self.models_dir)
        return lock

    def _table(self, evaluations: Mapping[CandidateId, Evaluation]) -> pd.DataFrame:
        directions = self.database.directions()
        candidates, tests = self.database.candidates(), self.database.tests()
        rows: list[dict[str, Any]] = []
        for place, evaluation in evaluations.items():
            test = {f"test_{name}": value for name, value in tests.get(place, {}).items()}
            objectives = {name: evaluation.metrics[name] for name in directions}
            network = Network.from_dict(json.loads(candidates[place].network))
            row = {"id": str(place), **objectives, **evaluation.metrics, **test}
            rows.append({**row, "multipliers": _layers_by_multiplier(network)})
        if not rows:
            return pd.DataFrame(columns=["id", *directions, "multipliers"])
        leading, direction = next(iter(directions.items()))
        table = pd.DataFrame(rows)
        keys, ascending = [leading, "id"], [direction == "min", True]
        table = table.sort_values(keys, ascending=ascending, ignore_index=True)
        return table[[c for c in table if c != "multipliers"] + ["multipliers"]]


def create_run(path: str | Path, config: RunConfig, directions: Mapping[str, str]) -> Run:
    """Make a run folder; it appears complete or not at all.

    Args:
        path: the folder to make.
        config: the resolved configuration.
        directions: `min` or `max` by objective, in the order of the objective vector.

    Raises:
        StoreError: if the folder exists or cannot be written.
    """
    path = Path(path)
    if path.exists():
        raise StoreError(
            f"run {path} exists already; choose another name, or continue it with: "
            + command("resume", path.name, runs_dir=path.parent)
        )
    config = config.with_absolute_paths()
    with atomic_folder(path) as partial:
        (partial / "models").mkdir()
        (partial / _CONFIG).write_text(config.to_toml(), "utf-8")
        (partial / _ENVIRONMENT).write_text(
            encode_json(describe_environment(), indent=2) + "\n", "utf-8"
        )
        Database.create(partial / _DATABASE, directions).close()
    return load_run(path)


def load_run(path: str | Path, *, read_only: bool = False) -> Run:
    """Open an existing run folder.

    Raises:
        StoreError: if it is not a run, is damaged, or was written by a newer version.
    """
    path = Path(path)
    if not path.is_dir():
        raise StoreError(f"no run folder at {path}{_nearby(path)}")
    database = Database.open(path / _DATABASE, read_only=read_only)
    return Run(path, load_config(file=path / _CONFIG), database)


def next_free_name(runs_dir: Path, stem: str) -> str:
    """First of `stem-001`, `stem-002`, ... that is not taken."""
    pattern = re.compile(re.escape(stem) + r"-(\d+)")
    names = [p.name for p in runs_dir.iterdir()] if runs_dir.is_dir() else []
    taken = [int(match[1]) for name in names if (match := pattern.fullmatch(name))]
    return f"{stem}-{max(taken, default=0) + 1:03d}"


def _layers_by_multiplier(network: Network) -> str:
    layers: dict[str, list[str]] = {}
    for layer, multiplier in network.assignment.items():
        layers.setdefault(multiplier, []).append(layer)
    return "; ".join(f"{name}: {' '.join(layers[name])}" for name in sorted(layers))


def _nearby(path: Path) -> str:
    if not path.parent.is_dir():
        return ""
    names = sorted(p.parent.name for p in path.parent.glob(f"*/{_DATABASE}"))
    return f"; runs in {path.parent}: {', '.join(names)}" if names else f"; {path.parent} has none"
