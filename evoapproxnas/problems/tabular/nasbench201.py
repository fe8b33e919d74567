"""Cells of NAS-Bench-201, as the campaign loop sees them."""

import hashlib
import json
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evoapproxnas.config import RunConfig
from evoapproxnas.errors import ConfigError, NetworkRejected, UnknownNameError
from evoapproxnas.executors import Result, Task
from evoapproxnas.hardware.hw_nas_bench import cells, load_table
from evoapproxnas.hardware.hw_nas_bench.query import number_of
from evoapproxnas.hardware.hw_nas_bench.table import SHA256
from evoapproxnas.problems.protocol import Lesson, Parent, Step
from evoapproxnas.problems.tabular.accuracy import FIDELITIES, Accuracies
from evoapproxnas.problems.tabular.figures import ERROR, cheap_figures, find_figure
from evoapproxnas.records import (
    Candidate,
    Draft,
    Evaluation,
    Figure,
    Point,
    StepId,
    Training,
    WarmStart,
)

_GENES = len(cells.EDGES)
_VALUES = len(cells.OPERATIONS)
_ALWAYS = ("macs", "parameters")


@dataclass(frozen=True)
class LookUp:
    """What the table says of one network: there is nothing left to do for a worker.

    Attributes:
        error: share of images that are classified wrongly; None if it is not known.
        budget: epochs that count as the training of this step; None: nothing is trained.
        seconds: that the training took, of whoever made the table.
        recipe: digest of data set and table.
        missing: why the error is not known.
    """

    error: float | None
    budget: float | None = None
    seconds: float = 0.0
    recipe: str = ""
    missing: str = ""


@dataclass(frozen=True)
class TableDigest:
    """Which table a run looks up in."""

    sha256: str


def evaluate(task: Task) -> Result:
    """Give what was looked up the form of an evaluation; that takes next to no time.

    Raises:
        NetworkRejected: if the table does not say what was asked for.
    """
    start = time.monotonic()
    found = task.read(LookUp)
    if found.error is None:
        raise NetworkRejected(found.missing)
    training = None
    if found.budget is not None:
        training = Training(found.budget, found.recipe, seconds=found.seconds)
    figures = {ERROR.name: found.error}
    return Result.of(Evaluation(figures, time.monotonic() - start, training))


def describe_table(task: Task) -> Result:
    """Digest of the table; all look-ups are done before work is handed out."""
    return Result.of({"the table of NAS-Bench-201": task.read(TableDigest).sha256})


class NasBench201Problem:
    """The problem of one configuration.

    Candidates are distinct by number. Some of the 15,625 compute the same function (6,466 do not),
    but these are other trainings and, with what is never used, other costs.

    Attributes:
        accuracies: errors by data set and epochs.
    """

    default_objectives = (ERROR.name, "eyeriss_energy_mj")
    test_figures = (ERROR.name,)
    prepare = None

    def __init__(self, config: RunConfig) -> None:
        """Read the table.

        Raises:
            DatasetError: if it is missing, or another one.
            UnknownNameError: for an unknown data set.
            ConfigError: for rungs that the table does not have, and what needs weights.
        """
        self._search, self._options = config.search, config.tabular
        _check_usable(config)
        folder = None if config.data.data_dir is None else Path(config.data.data_dir)
        table = load_table(folder, sha256=config.tabular.sha256 or SHA256)
        self.accuracies = Accuracies(table, config.tabular.dataset)
        self._cheap = cheap_figures(table, config.tabular.dataset)
        asked = (*_ALWAYS, *config.search.objectives, *config.search.limits)
        self._priced = [name for name in dict.fromkeys(asked) if name in self._cheap]
        self._recipe = _digest(table.sha256, config.tabular.dataset, config.tabular.training)

    @property
    def description(self) -> str:
        """Number of networks and data set."""
        return f"NAS-Bench-201, {cells.CELLS} networks for {self._options.dataset}"

    @property
    def handshake(self) -> Task:
        """Digest of the table."""
        return Task.of(describe_table, TableDigest(self.accuracies.table.sha256))

    def figure(self, name: str) -> Figure:
        """See `Problem`: `error`, `macs`, `parameters`, `train_seconds`, and costs on devices."""
        return find_figure(name, self._cheap)

    def domains(self) -> tuple[int, ...]:
        """How many values each gene has."""
        return (_VALUES,) * _GENES

    def draft(self, genes: Sequence[int]) -> Draft:
        """Make a candidate of genes.

        Raises:
            NetworkRejected: if they are not six operations.
        """
        return _draft(genes, parents_used=0)

    def draw(self, rng: np.random.Generator) -> Draft:
        """Draw all operations uniformly."""
        return _draft(rng.integers(_VALUES, size=_GENES).tolist(), parents_used=0)

    def warm_starts(self) -> Sequence[WarmStart]:
        """Read `search.init`: numbers or architecture strings.

        Raises:
            ConfigError: for what is neither.
        """
        return [_warm_start(name) for name in self._search.init]

    def vary(self, parents: tuple[Parent, Parent], rng: np.random.Generator) -> Draft:
        """Cross over at the configured rate, uniformly, then change operations.

        Each changes at the mutation rate, and one more until the child is neither parent.

        Raises:
            ConfigError: if the parents are of another problem.
        """
        first, second = (_operations(parent.candidate) for parent in parents)
        crossed = rng.random() < self._search.crossover_rate
        genes = np.where(rng.random(_GENES) < 0.5, first, second) if crossed else first.copy()
        changed = rng.random(_GENES) < self._search.mutation_rate
        genes[changed] = _others(genes[changed], rng)
        while np.array_equal(genes, first) or np.array_equal(genes, second):
            place = rng.integers(_GENES)
            genes[place] = _others(genes[place], rng)
        return _draft(genes.tolist(), parents_used=2 if crossed else 1)

    def learned(self, lessons: Sequence[Lesson]) -> "NasBench201Problem":
        """All operations are equally likely, whatever came of them."""
        return self

    def price(self, candidate: Candidate) -> Mapping[str, float]:
        """Size, and the costs that the search asks for."""
        index = cells.index_of(candidate.genes)
        return {name: float(self._cheap[name].values[index]) for name in self._priced}

    def bound(self, candidate: Candidate) -> Mapping[str, float]:
        """Return what is cheap, and no error."""
        return {**self.price(candidate), ERROR.name: 0.0}

    def identity(self, candidate: Candidate, step: Step) -> str:
        """Digest of network, data set and epochs."""
        return _digest(self._recipe, candidate.key, self._epochs(step))

    def task(self, candidate: Candidate, *, step: Step, seed: int, folder: Path) -> Task:
        """Look the validation error up.

        A step from 12 to 200 epochs counts as 188 passes, but takes as long as 200: in the table
        these are trainings of their own, as their learning rates fall in so many epochs.
        """
        index, epochs = cells.index_of(candidate.genes), self._epochs(step)
        rng = np.random.default_rng(seed)
        try:
            error = self.accuracies.validation_error(index, epochs, self._options.training, rng)
        except NetworkRejected as missing:  # Which is no reason for the campaign to end.
            return Task.of(evaluate, LookUp(None, missing=str(missing)))
        seconds = float(self.accuracies.train_seconds(epochs)[index])
        return Task.of(evaluate, LookUp(error, self._passes(step), seconds, self._recipe))

    def _passes(self, step: Step) -> float:
        return float(self._options.epochs) if step.passes is None else step.passes

    def _epochs(self, step: Step) -> int:
        """All epochs that the network of a step has been trained for."""
        before = 0.0 if step.source is None else step.source.passes
        return round(before + self._passes(step))

    def test_task(
        self, candidate: Candidate, point: Point, *, weights: StepId, folder: Path
    ) -> Task:
        """Look the test error up: after 200 epochs, whatever the search trained for."""
        error = float(self.accuracies.test_errors[cells.index_of(candidate.genes)])
        return Task.of(evaluate, LookUp(error))

    def receive(self, name: str, result: Result, *, folder: Path) -> Evaluation:
        """See `Problem`."""
        return result.read(Evaluation)

    def prune(self, folder: Path, keep: Collection[str]) -> None:
        """Nothing is kept."""


def _check_usable(config: RunConfig) -> None:
    """Refuse what a table cannot serve.

    Raises:
        ConfigError: naming the key.
    """
    if wrong := [passes for passes in config.rungs.passes if passes not in FIDELITIES]:
        raise ConfigError(
            f"rungs.passes: NAS-Bench-201 has accuracies after {FIDELITIES[0]} and "
            f"{FIDELITIES[1]} epochs, got {wrong[0]}"
        )
    for key, asked in (
        ("inheritance.enabled", config.inheritance.enabled),
        ("assignment.enabled", config.assignment.enabled),
        ("search.reuse", bool(config.search.reuse)),
    ):
        if asked:
            raise ConfigError(
                f"{key}: the table of problem nasbench201 has figures and no weights; leave it out"
            )


def _draft(genes: Sequence[int], *, parents_used: int) -> Draft:
    try:
        index = cells.index_of(genes)
    except UnknownNameError as error:
        raise NetworkRejected(str(error)) from error
    network = json.dumps({"nasbench201": index, "arch": cells.arch_string(index)})
    return Draft(cells.ops_of(index), str(index), network, str(index), parents_used)


def _warm_start(name: str) -> WarmStart:
    try:
        index = number_of(name)
    except UnknownNameError as error:
        raise ConfigError(f"search.init: {error}, or its number") from error
    return WarmStart(_draft(cells.ops_of(index), parents_used=0), f"network {index}")


def _operations(candidate: Candidate) -> cells.Codes:
    try:
        return cells.canonical_cells()[cells.index_of(candidate.genes)]
    except UnknownNameError as error:
        raise ConfigError(f"expected parents of problem nasbench201: {error}") from error


def _others(codes: cells.Codes, rng: np.random.Generator) -> cells.Codes:
    """Draw another operation for each."""
    return (codes + rng.integers(1, _VALUES, size=np.shape(codes))) % _VALUES


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
