"""Integers whose Pareto front is known: to try a search, or an executor, in no time.

Genes are `GENES` integers from 0 to `HIGHEST`. `cost` is their sum, `error` the mean square of
what each lacks of the highest. For a given cost the error is smallest where all genes are about
equal, so the front has one member for every cost from 0 to `GENES` x `HIGHEST`.
"""

import json
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from evoapproxnas.config import RunConfig
from evoapproxnas.errors import ConfigError, unknown_name
from evoapproxnas.executors import Result, Task
from evoapproxnas.files import decode, read_json, shown
from evoapproxnas.problems.protocol import Lesson, Parent, Step
from evoapproxnas.records import (
    Candidate,
    Draft,
    Evaluation,
    Figure,
    Point,
    StepId,
    WarmStart,
)

GENES = 6
HIGHEST = 9

_FIGURES = {
    figure.name: figure
    for figure in (
        Figure("error", "min", "mean square", "trained"),
        Figure("cost", "min", "sum of genes", "cheap"),
        Figure("spare", "max", "sum of what genes lack", "cheap"),
    )
}


@dataclass(frozen=True)
class SyntheticTask:
    """The genes of one candidate."""

    genes: tuple[int, ...]


def error_of(genes: Sequence[int]) -> float:
    """Mean square of what each gene lacks of the highest, in units of the worst."""
    return sum((HIGHEST - gene) ** 2 for gene in genes) / (GENES * HIGHEST**2)


def true_front() -> list[tuple[float, float]]:
    """(error, cost) of all members of the Pareto front, by rising cost."""
    best = [[(cost + i) // GENES for i in range(GENES)] for cost in range(GENES * HIGHEST + 1)]
    return [(error_of(genes), float(sum(genes))) for genes in best]


def evaluate(task: Task) -> Result:
    """Compute the error."""
    start = time.monotonic()
    metrics = {"error": error_of(task.read(SyntheticTask).genes)}
    return Result.of(Evaluation(metrics, time.monotonic() - start))


class SyntheticProblem:
    """The problem; objectives are `error`, `cost` and `spare`."""

    default_objectives = ("error", "cost")
    code_genes = ()
    description = f"{GENES} integers of 0 to {HIGHEST}"
    test_figures = ("error",)
    prepare = None
    handshake = None

    def __init__(self, config: RunConfig) -> None:
        """Take the mutation and crossover rates from `config.search`."""
        self._search = config.search

    def figure(self, name: str) -> Figure:
        """See `Problem`."""
        if name not in _FIGURES:
            raise unknown_name("objective", name, _FIGURES)
        return _FIGURES[name]

    def draw(self, rng: np.random.Generator) -> Draft:
        """Draw all genes uniformly."""
        return _draft(rng.integers(HIGHEST + 1, size=GENES).tolist(), parents_used=0)

    def warm_starts(self) -> Sequence[WarmStart]:
        """Read `search.init`: files of a JSON list of genes.

        Raises:
            ConfigError: for a file that holds no genes of this problem.
        """
        return [_warm_start(Path(name)) for name in self._search.init]

    def vary(self, parents: tuple[Parent, Parent], rng: np.random.Generator) -> Draft:
        """Cross over at the configured rate, uniformly, then redraw genes, at least one.

        Raises:
            ConfigError: if the parents are of another problem.
        """
        first, second = (np.array(parent.candidate.genes) for parent in parents)
        if first.shape != (GENES,) or second.shape != (GENES,):
            raise ConfigError(
                f"expected parents of {GENES} genes, got {parents[0].candidate.genes}"
            )
        crossed = rng.random() < self._search.crossover_rate
        genes = np.where(rng.random(GENES) < 0.5, first, second) if crossed else first.copy()
        redrawn = rng.random(GENES) < self._search.mutation_rate
        redrawn[rng.integers(GENES)] = True
        genes[redrawn] = rng.integers(HIGHEST + 1, size=int(redrawn.sum()))
        return _draft(genes.tolist(), parents_used=2 if crossed else 1)

    def domains(self) -> tuple[int, ...]:
        """All genes have the same values."""
        return (HIGHEST + 1,) * GENES

    def draft(self, values: Sequence[int]) -> Draft:
        """Take values as genes.

        Raises:
            ConfigError: for values that are no genes of this problem.
        """
        return _draft(_checked(values, "values"), parents_used=0)

    def values(self, candidate: Candidate) -> tuple[int, ...]:
        """Genes are values."""
        return candidate.genes

    def learned(self, lessons: Sequence[Lesson]) -> "SyntheticProblem":
        """Vary as before."""
        return self

    def price(self, candidate: Candidate) -> Mapping[str, float]:
        """Return `cost` and `spare`."""
        cost = float(sum(candidate.genes))
        return {"cost": cost, "spare": GENES * HIGHEST - cost}

    def bound(self, candidate: Candidate) -> Mapping[str, float]:
        """Return what is cheap, and no error."""
        return {**self.price(candidate), "error": 0.0}

    def identity(self, candidate: Candidate, step: Step) -> str:
        """Nothing is trained."""
        return ""

    def work_key(self, candidate: Candidate) -> str:
        """Nothing runs on anything."""
        return candidate.key

    def on_hardware(self, candidate: Candidate, evaluation: Evaluation) -> Evaluation:
        """Likewise."""
        return evaluation

    def task(self, candidate: Candidate, *, step: Step, seed: int, folder: Path) -> Task:
        """See `Problem`; nothing is random and nothing is kept."""
        return Task.of(evaluate, SyntheticTask(candidate.genes))

    def test_task(
        self, candidate: Candidate, points: Sequence[Point], *, weights: StepId, folder: Path
    ) -> Task:
        """There is nothing that a search does not see: the error again."""
        return Task.of(evaluate, SyntheticTask(candidate.genes))

    def receive(self, name: str, result: Result, *, folder: Path) -> Evaluation:
        """See `Problem`."""
        return result.read(Evaluation)

    def receive_test(
        self, names: Sequence[Sequence[str]], result: Result, *, folder: Path
    ) -> Sequence[Mapping[str, float]]:
        """See `Problem`."""
        return [result.read(Evaluation).metrics] * len(names)

    def prune(self, folder: Path, keep: Collection[str]) -> None:
        """Nothing is kept."""


def _draft(genes: list[int], *, parents_used: int) -> Draft:
    text = json.dumps(genes)
    return Draft(tuple(genes), text, text, text, parents_used)


def _warm_start(file: Path) -> WarmStart:
    genes = decode(
        tuple[int, ...], read_json(file, error=ConfigError), where=str(file), error=ConfigError
    )
    return WarmStart(_draft(_checked(genes, str(file)), parents_used=0), str(file))


def _checked(genes: Sequence[int], where: str) -> list[int]:
    if len(genes) != GENES or not all(0 <= gene <= HIGHEST for gene in genes):
        raise ConfigError(
            f"{where}: expected {GENES} genes of 0 to {HIGHEST}, got {shown(list(genes))}"
        )
    return [int(gene) for gene in genes]
