"""What the campaign loop needs of a problem; it knows nothing else of what is searched."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from evoapproxnas.config import RunConfig
from evoapproxnas.executors import Result, Task
from evoapproxnas.records import (
    Candidate,
    Draft,
    Evaluation,
    Figure,
    Point,
    StepId,
    TrainingState,
    WarmStart,
)


@dataclass(frozen=True)
class Parent:
    """What a candidate is varied from.

    Attributes:
        candidate: the parent.
        assignment: that the search chose for it, which its child takes over; empty: that of its
            genes.
        accelerator: likewise, where accelerators are searched.
    """

    candidate: Candidate
    assignment: Mapping[str, str] = field(default_factory=dict)
    accelerator: str = ""


@dataclass(frozen=True)
class Lesson:
    """What became of a candidate.

    Attributes:
        candidate: which.
        rank: of its best point among all that were selected from: 0 is the non-dominated front.
        survived: whether the search goes on from it.
    """

    candidate: Candidate
    rank: int
    survived: bool


@dataclass(frozen=True)
class Source:
    """The training that a step begins with.

    Attributes:
        candidate: whose weights are taken.
        step: which of its steps left them.
        passes: over the training images that these have had, over all their lineage.
        identity: of the training that left them; see `records.Training`.
        points: what was measured with these weights.
    """

    candidate: Candidate
    step: StepId
    passes: float = 0.0
    identity: str = ""
    points: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Step:
    """A piece of work on a candidate.

    Attributes:
        id: candidate and number of the step.
        passes: over the training images that it is to be trained for; 0: it is only measured,
            with the weights of its source; None: as many as the problem's configuration says.
        source: what it begins with; None: from scratch.
        final: whether no step is planned after it.
        rate: factor on the learning rate.
    """

    id: StepId
    passes: float | None = None
    source: Source | None = None
    final: bool = True
    rate: float = 1.0

    @property
    def state(self) -> TrainingState:
        """What the training is that this step does."""
        return "finished" if self.final else "stopped"


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

        Args:
            name: of a figure.

        Raises:
            UnknownNameError: with the nearest known names.
        """

    def draw(self, rng: np.random.Generator) -> Draft:
        """Draw a candidate at random.

        Args:
            rng: where the genes come from.

        Raises:
            ConfigError: if the space seems to be empty.
        """

    def warm_starts(self) -> Sequence[WarmStart]:
        """The candidates that `search.init` names, to begin with.

        Raises:
            EvoApproxNASError: for one that is unknown, or of another space or data set.
        """

    def vary(self, parents: tuple[Parent, Parent], rng: np.random.Generator) -> Draft:
        """Make a candidate of two others, or of the first of them alone.

        Args:
            parents: the first is varied, or joined with the second.
            rng: where the choices come from.

        Raises:
            ConfigError: if no other candidate can be made of them.
        """

    def domains(self) -> tuple[int, ...]:
        """How many values each gene has, for searches that choose them without `draw` or `vary`.

        Values are integers from 0 on without an order. These numbers never change.
        """

    def draft(self, values: Sequence[int]) -> Draft:
        """Make a candidate of a value for each gene; several may make the same.

        Args:
            values: one for each gene, below its number in `domains`.

        Raises:
            CandidateError: if they make none that is valid.
        """

    def values(self, candidate: Candidate) -> tuple[int, ...]:
        """Return values that `draft` makes a candidate of.

        Args:
            candidate: that was made in whatever way.
        """

    def learned(self, lessons: Sequence[Lesson]) -> "Problem":
        """Return the problem as it varies candidates once these are known; it may be the same.

        Args:
            lessons: of candidates that came to figures since, in order of birth.
        """

    def price(self, candidate: Candidate) -> Mapping[str, float]:
        """Return figures that follow from a candidate at once; those of cost `cheap` are all here.

        Args:
            candidate: not evaluated yet.
        """

    def bound(self, candidate: Candidate) -> Mapping[str, float]:
        """The best that each figure of a candidate can come to, whatever an evaluation gives.

        Args:
            candidate: not evaluated yet.
        """

    def identity(self, candidate: Candidate, step: Step) -> str:
        """Return a digest of what decides a step's training, but chance; empty without training.

        Args:
            candidate: that the step is of.
            step: of its evaluation.
        """

    def work_key(self, candidate: Candidate) -> str:
        """Return a key of what an evaluation depends on; equal ones differ in hardware alone.

        Usually the candidate's own key.

        Args:
            candidate: whose key it is.
        """

    def on_hardware(self, candidate: Candidate, evaluation: Evaluation) -> Evaluation:
        """Return an evaluation with points on the hardware of a candidate.

        Args:
            candidate: whose hardware it is.
            evaluation: of it, or of another one with the same `work_key`.

        Returns:
            Usually the evaluation itself.
        """

    def task(self, candidate: Candidate, *, step: Step, seed: int, folder: Path) -> Task:
        """A step of the evaluation of a candidate.

        Its figures are those that `price` does not know, and those that depend on the
        assignments that it finds. What it raises decides: see `executors`.

        Args:
            candidate: what to evaluate.
            step: what to do.
            seed: for all randomness of the evaluation.
            folder: holds what `receive` kept of earlier ones.

        Raises:
            StoreError: if the weights of the source are gone.
        """

    def test_task(
        self, candidate: Candidate, points: Sequence[Point], *, weights: StepId, folder: Path
    ) -> Task:
        """Return likewise the measuring of front members on what the search never sees.

        Args:
            candidate: that of all of them.
            points: the members.
            weights: the step that left their weights.
            folder: holds them.
        """

    def receive(self, name: str, result: Result, *, folder: Path) -> Evaluation:
        """Read what a step came to, and keep what is needed for later.

        Args:
            name: of the step.
            result: what a worker made of the task.
            folder: takes files, which are named after it.

        Raises:
            StoreError: if they cannot be written.
        """

    def receive_test(
        self, names: Sequence[Sequence[str]], result: Result, *, folder: Path
    ) -> Sequence[Mapping[str, float]]:
        """Read the `test_figures` of members likewise, and keep their models.

        Args:
            names: of the points, in the order of the task; one that is there on several
                accelerators has a name for each.
            result: what a worker made of it.
            folder: takes files, which are named after the points.

        Raises:
            StoreError: if they cannot be written.
        """

    def prune(self, folder: Path, keep: Collection[str]) -> None:
        """Remove files of steps and points that are not to be kept, and half-written ones.

        Args:
            folder: as in `task`.
            keep: names of files up to their first dot: ids of steps and points.
        """


class ProblemKind(Protocol):
    """The class of a problem, which makes it of a configuration."""

    default_objectives: tuple[str, ...]
    """What is minimized where the configuration does not say."""

    code_genes: tuple[str, ...]
    """Names of genes that are codes of things and mean the same in every candidate, in the order
    of `Candidate.genes`; empty where genes are numbers, or mean something only together."""

    def __call__(self, config: RunConfig) -> Problem:
        """Make the problem.

        Raises:
            EvoApproxNASError: if the configuration makes none.
        """
