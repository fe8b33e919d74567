"""What the campaign loop needs of a problem; it knows nothing else of what is searched."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

from evoapproxnas.executors import Result, Task
from evoapproxnas.records import Candidate, Evaluation, Figure


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
    def handshake(self) -> Task | None:
        """A quick task that shows whether another machine has the same data; None: no need to.

        It needs no `prepare`, and every machine must answer it as this one does.
        """

    @property
    def test_figures(self) -> tuple[str, ...]:
        """Names of what `test_task` measures; none where there is nothing to report."""

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

    def task(self, candidate: Candidate, *, seed: int, folder: Path) -> Task:
        """The evaluation of a candidate.

        Its figures are those that `price` does not know. What it raises decides: see `executors`.

        Args:
            candidate: what to evaluate.
            seed: for all randomness of the evaluation.
            folder: holds what `receive` kept of earlier ones.
        """

    def test_task(self, candidate: Candidate, *, folder: Path) -> Task:
        """Likewise the measuring of a front member on what the search never sees."""

    def receive(self, candidate: Candidate, result: Result, *, folder: Path) -> Evaluation:
        """Read what one of these tasks came to, and keep what is needed for later.

        Args:
            candidate: whose it is.
            result: what a worker made of the task.
            folder: takes files, which are named after the candidate.

        Raises:
            StoreError: if they cannot be written.
        """

    def prune(self, folder: Path, keep: Collection[str]) -> None:
        """Remove files of candidates that are not to be kept, and what was left half written.

        Args:
            folder: as in `task`.
            keep: ids of candidates.
        """
