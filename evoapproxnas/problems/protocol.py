"""What the campaign loop needs of a problem; it knows nothing else of what is searched."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from evoapproxnas.config import RunConfig
from evoapproxnas.records import Candidate, Evaluation, Figure

Worker = Callable[[Any], Evaluation]
"""A function of a module, so that other processes find it; takes a task of plain data."""


@dataclass(frozen=True)
class Draft:
    """A candidate that has no place in a run yet; the fields are those of `Candidate`.

    Attributes:
        parents_used: how many of the parents, the first ones, it was made of.
    """

    genes: tuple[int, ...]
    key: str
    network: str
    architecture_key: str = ""
    parents_used: int = 0


class Problem(Protocol):
    """Something that can be searched. Equal calls give equal results, in any process."""

    @property
    def description(self) -> str:
        """What is searched, in a few words."""

    @property
    def prepare(self) -> Callable[[], None] | None:
        """What a worker does before its first task, such as imports that take long."""

    @property
    def evaluate(self) -> Worker:
        """Measures a candidate; called by an executor with what `task` makes.

        Its figures are those that `price` does not know. What it raises decides: see `executors`.
        """

    @property
    def measure_test(self) -> Worker:
        """Measures a front member on what the search never sees, with what `test_task` makes."""

    @property
    def test_figures(self) -> tuple[str, ...]:
        """Names of what `measure_test` measures; none where there is nothing to report."""

    def figure(self, name: str) -> Figure:
        """What a name in `search.objectives` or `search.limits` stands for.

        Raises:
            UnknownNameError: with the nearest known names.
        """

    def draw(self, rng: np.random.Generator) -> Draft:
        """Draw a candidate at random.

        Raises:
            ConfigError: if the space seems to be empty.
        """

    def vary(self, parents: tuple[Candidate, Candidate], rng: np.random.Generator) -> Draft:
        """Make a candidate of two others, or of the first of them alone.

        Raises:
            ConfigError: if no other candidate can be made of them.
        """

    def price(self, candidate: Candidate) -> Mapping[str, float]:
        """Figures that follow from a candidate at once; those of cost `cheap` are all here."""

    def task(self, candidate: Candidate, *, seed: int, folder: Path) -> Any:
        """The evaluation of a candidate as plain data.

        Args:
            candidate: what to evaluate.
            seed: for all randomness of the evaluation.
            folder: takes what has to be kept for later, in files named after the candidate.
        """

    def test_task(self, candidate: Candidate, *, folder: Path) -> Any:
        """Likewise for `measure_test`; the folder holds what `evaluate` kept."""

    def prune(self, folder: Path, keep: Collection[str]) -> None:
        """Remove files of candidates that are not to be kept, and what was left half written.

        Args:
            folder: as in `task`.
            keep: ids of candidates.
        """


class ProblemKind(Protocol):
    """The class of a problem, which makes it of a configuration."""

    default_objectives: tuple[str, ...]
    """What is minimized where the configuration does not say."""

    def __call__(self, config: RunConfig) -> Problem:
        """Make the problem.

        Raises:
            EvoApproxNASError: if the configuration makes none.
        """
