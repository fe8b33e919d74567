"""Cells of NAS-Bench-201, as the campaign loop sees them."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import numpy as np

from evoapproxnas.config import RunConfig
from evoapproxnas.errors import ConfigError, NetworkRejected
from evoapproxnas.executors import Result, Task
from evoapproxnas.hardware.hw_nas_bench import cells, load_original, load_table
from evoapproxnas.hardware.hw_nas_bench.skeleton import network_work
from evoapproxnas.hardware.hw_nas_bench.table import SHA256
from evoapproxnas.problems.layered import Demand
from evoapproxnas.problems.protocol import Lesson, Parent, Step
from evoapproxnas.problems.tabular.accuracy import FIDELITIES, Accuracies
from evoapproxnas.problems.tabular.candidates import (
    GENES,
    VALUES,
    draft_of,
    draw,
    vary,
    warm_starts,
)
from evoapproxnas.problems.tabular.figures import ERROR, cheap_figures, find_figure
from evoapproxnas.problems.tabular.tasks import Inputs, LookUp, describe, evaluate
from evoapproxnas.records import Candidate, Draft, Evaluation, Figure, Point, StepId, WarmStart

_ALWAYS = ("macs", "parameters")
"""Figures that are there whether a search asks for them or not."""


class NasBench201Problem:
    """The problem of one configuration.

    Attributes:
        accuracies: errors by data set and epochs.
    """

    default_objectives = (ERROR.name, "eyeriss_energy_mj")
    code_genes = tuple(f"edge {source} to {node}" for node, source in cells.EDGES)
    test_figures = (ERROR.name,)
    prepare = None

    def __init__(self, config: RunConfig) -> None:
        """Read the table.

        Args:
            config: of the run.

        Raises:
            DatasetError: if it is missing, or another one, or the pickle cannot be used.
            UnknownNameError: for an unknown data set.
            ConfigError: for rungs that the table does not have, and what needs weights.
        """
        self._config, self._options = config, config.tabular
        _check_usable(config)
        folder = None if config.data.data_dir is None else Path(config.data.data_dir)
        table = load_table(folder, sha256=config.tabular.sha256 or SHA256)
        self.accuracies = Accuracies(table, config.tabular.dataset)
        self._digests = {"the table of NAS-Bench-201": table.sha256}
        original = None
        if config.tabular.pickle is not None:
            original = load_original(Path(config.tabular.pickle))
            self._digests["the pickle of HW-NAS-Bench"] = original.sha256
        self._cheap = cheap_figures(table, config.tabular.dataset, original)
        asked = (*_ALWAYS, *config.search.objectives, *config.search.limits)
        self._priced = [name for name in dict.fromkeys(asked) if name in self._cheap]
        self._recipe = _digest(table.sha256, config.tabular.dataset, config.tabular.training)

    @property
    def description(self) -> str:
        """Number of networks and data set."""
        return f"NAS-Bench-201, {cells.CELLS} networks for {self._options.dataset}"

    @property
    def handshake(self) -> Task:
        """Digests of what is looked up in."""
        return Task.of(describe, Inputs(self._digests))

    def figure(self, name: str) -> Figure:
        """See `Problem`: `error`, `macs`, `parameters`, `train_seconds`, and costs on devices."""
        return find_figure(name, self._cheap)

    def domains(self) -> tuple[int, ...]:
        """How many values each gene has."""
        return (VALUES,) * GENES

    def draft(self, values: Sequence[int]) -> Draft:
        """Take values as genes.

        Raises:
            NetworkRejected: if they are not six operations.
        """
        return draft_of(values)

    def values(self, candidate: Candidate) -> tuple[int, ...]:
        """Genes are values."""
        return candidate.genes

    def draw(self, rng: np.random.Generator) -> Draft:
        """Draw all operations uniformly."""
        return draw(rng)

    def warm_starts(self) -> Sequence[WarmStart]:
        """Numbers, architecture strings and members of earlier fronts."""
        return warm_starts(self._config)

    def vary(self, parents: tuple[Parent, Parent], rng: np.random.Generator) -> Draft:
        """Cross over at the configured rate, then change operations until it is another cell."""
        return vary(parents, self._config.search, rng)

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

    def work_key(self, candidate: Candidate) -> str:
        """See `Problem`; `cosearch` adds what hardware does."""
        return candidate.key

    def on_hardware(self, candidate: Candidate, evaluation: Evaluation) -> Evaluation:
        """Likewise."""
        return evaluation

    def demand(self, candidate: Candidate, assignment: Mapping[str, str]) -> Demand:
        """Return the layers of the network, all of which are exact in 8 bits.

        Args:
            candidate: whose network it is.
            assignment: empty, as there is nothing to choose.
        """
        return Demand(network_work(cells.index_of(candidate.genes), self._options.dataset), {})

    def least_demand(self, candidate: Candidate) -> Demand:
        """Return the same: there are no multipliers to choose.

        Args:
            candidate: whose network it is.
        """
        return self.demand(candidate, {})

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
        self, candidate: Candidate, points: Sequence[Point], *, weights: StepId, folder: Path
    ) -> Task:
        """Look the test error up: after 200 epochs, whatever the search trained for."""
        error = float(self.accuracies.test_errors[cells.index_of(candidate.genes)])
        return Task.of(evaluate, LookUp(error))

    def receive(self, name: str, result: Result, *, folder: Path) -> Evaluation:
        """See `Problem`."""
        return result.read(Evaluation)

    def receive_test(
        self, names: Sequence[Sequence[str]], result: Result, *, folder: Path
    ) -> Sequence[Mapping[str, float]]:
        """See `Problem`; multipliers play no part here."""
        return [result.read(Evaluation).metrics] * len(names)

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
    if config.hardware.latency_table is not None:
        raise ConfigError(
            "hardware.latency_table: problem nasbench201 has latencies of its own, such as "
            "raspi4_latency_ms; those of a measured device are for problem cnn. Leave it out"
        )


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
