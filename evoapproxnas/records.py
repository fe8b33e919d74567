"""What a campaign is made of: figures, candidates, and what evaluating each gave."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from evoapproxnas.errors import StoreError

_ID = re.compile(r"g(\d+)-(\d+)(?:-r(\d+))?(?:-p(\d+))?")


@dataclass(frozen=True)
class Figure:
    """What a number says of a candidate.

    Attributes:
        name: key in configurations, tables and the run database; carries the unit.
        direction: whether less or more is better.
        unit: unit of the figure, in words for axis labels.
        cost: `cheap` if it follows from the genes alone, `trained` if it needs an evaluation.
    """

    name: str
    direction: Literal["min", "max"]
    unit: str
    cost: Literal["cheap", "trained"]


@dataclass(frozen=True, order=True)
class CandidateId:
    """Where in a run a candidate was born; prints as `g03-05`."""

    generation: int
    index: int

    def __str__(self) -> str:
        """Print as in tables and file names."""
        return f"g{self.generation:02d}-{self.index:02d}"


WARM = -1
"""The step of a candidate that stands for weights which it came with."""


@dataclass(frozen=True, order=True)
class StepId:
    """A piece of work on a candidate; prints as `g03-05`, later ones as `g03-05-r1`, ...

    Attributes:
        candidate: on which.
        step: 0 is its first training, later ones go on from there; `WARM` stands for weights that
            it came with.
    """

    candidate: CandidateId
    step: int = 0

    def __str__(self) -> str:
        """Print as in tables and file names."""
        if self.step == WARM:
            return f"{self.candidate}-init"
        return f"{self.candidate}-r{self.step}" if self.step else str(self.candidate)


@dataclass(frozen=True, order=True)
class PointId:
    """One of the points that a step gave; prints as `g03-05`, `g03-05-p2`, `g03-05-r1-p2`.

    Attributes:
        candidate: whose.
        step: of the candidate.
        number: among the points of the step.
    """

    candidate: CandidateId
    step: int = 0
    number: int = 0

    @classmethod
    def parse(cls, text: str) -> "PointId":
        """Read what `str` gives; the id of a candidate or a step is that of its first point.

        Args:
            text: such as "g03-05-r1-p2".

        Raises:
            StoreError: if it is no id.
        """
        match = _ID.fullmatch(text)
        if match is None:
            raise StoreError(f"{text} is no id of a candidate; ids look like g03-05 or g03-05-p2")
        generation, index, step, number = (int(digits or 0) for digits in match.groups())
        return cls(CandidateId(generation, index), step, number)

    @property
    def made_in(self) -> StepId:
        """The step that gave it."""
        return StepId(self.candidate, self.step)

    def __str__(self) -> str:
        """Print as in tables and file names."""
        return f"{self.made_in}-p{self.number}" if self.number else str(self.made_in)


@dataclass(frozen=True)
class Candidate:
    """A genotype with its place in the run.

    Attributes:
        id: generation and index within it.
        genes: the genotype as plain integers.
        key: canonical key of what the genes mean; equal keys share one evaluation.
        network: what the genes mean, as JSON text (`networks.Network.from_dict` reads a CNN's).
        parents: the candidates it was varied from, none in generation 0.
        architecture_key: likewise for what has to be trained: candidates that share it differ
            in multipliers alone.
        operator: name of what made it of its parents; empty: none in particular.
    """

    id: CandidateId
    genes: tuple[int, ...]
    key: str
    network: str
    parents: tuple[CandidateId, ...] = ()
    architecture_key: str = ""
    operator: str = ""


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
    operator: str = ""

    def at(self, place: CandidateId = CandidateId(0, 0)) -> Candidate:
        """Return the candidate without parents that this is at a place; which may not matter."""
        return Candidate(
            *(place, self.genes, self.key, self.network),
            architecture_key=self.architecture_key,
            operator=self.operator,
        )


@dataclass(frozen=True)
class WarmStart:
    """A candidate that is there before anything is drawn.

    Attributes:
        draft: the candidate.
        origin: where it came from, in words.
        passes: over the training images that its weights have had.
        weights: that it comes with, as the problem packs them; empty: it begins from scratch.
        identity: of the training that left them; see `Training`.
    """

    draft: Draft
    origin: str
    passes: float = 0.0
    weights: bytes = field(default=b"", repr=False)
    identity: str = ""


TrainingState = Literal["finished", "stopped"]
"""`stopped` at a rung: it can go on from its weights."""


@dataclass(frozen=True)
class Training:
    """What training one architecture took.

    Attributes:
        budget: passes over the training images that it was given.
        recipe: digest of what else decides it: data and training options, not the seed.
        passes: over the training images that all of its weights' lineage had, its own included.
        identity: digest of architecture, recipe, budget and of the training that it began with;
            equal ones differ in chance alone.
        history: figures of every epoch, by name; None where one was not measured.
        seconds: wall-clock time; of whoever trained it, where a table says what came of it.
        state: whether the budget was the last one.
        inherited_from: the step whose weights it began with; None: from scratch.
    """

    budget: float
    recipe: str
    passes: float = 0.0
    identity: str = ""
    history: tuple[Mapping[str, float | None], ...] = ()
    seconds: float = 0.0
    state: TrainingState = "finished"
    inherited_from: StepId | None = None


@dataclass(frozen=True)
class Point:
    """A trained candidate with one assignment, on one accelerator.

    Attributes:
        metrics: figure by name; holds what the search asks for and its baselines.
        assignment: multiplier by layer, where layers have one.
        accelerator: that figures are of which depend on it; `load_accelerator` reads it. Empty
            where no figure does.
    """

    metrics: Mapping[str, float]
    assignment: Mapping[str, str] = field(default_factory=dict)
    accelerator: str = ""


@dataclass(frozen=True)
class Evaluation:
    """What a step on a candidate gave: one point or more.

    Attributes:
        metrics: of its first point.
        seconds: wall-clock time it took, 0 when it came from the cache.
        training: what its training took; None where nothing was trained for it.
        assignment: of its first point.
        others: more points of the same training.
        weights: the step that trained what was measured; None where nothing is trained.
        reused_from: the run whose store it came from; empty: this one.
        accelerator: of its first point.
    """

    metrics: Mapping[str, float]
    seconds: float = 0.0
    training: Training | None = None
    assignment: Mapping[str, str] = field(default_factory=dict)
    others: tuple[Point, ...] = ()
    weights: StepId | None = None
    reused_from: str = ""
    accelerator: str = ""

    @property
    def points(self) -> tuple[Point, ...]:
        """All of its points."""
        return Point(self.metrics, self.assignment, self.accelerator), *self.others


@dataclass(frozen=True)
class Rejection:
    """Why a candidate was not evaluated: its cheap figures break a limit.

    Attributes:
        metrics: its cheap figures.
        reason: which limit, in a sentence.
    """

    metrics: Mapping[str, float]
    reason: str


@dataclass(frozen=True)
class Failure:
    """Why a candidate has no figures.

    Attributes:
        kind: `raised`, `diverged`, `timeout`, `memory` or `crashed`; `unvaried` if no other
            candidate could be made of its parents; `lost` if the machine it was worked on is
            gone, so that it has to be done again.
        reason: what happened, in a sentence.
        seconds: wall-clock time lost.
        details: traceback or output, where there is one.
    """

    kind: str
    reason: str
    seconds: float = 0.0
    details: str = field(default="", repr=False)


Outcome = Evaluation | Failure | Rejection


def each_once(
    points: Mapping[PointId, Point], evaluations: Mapping[StepId, Evaluation]
) -> dict[PointId, Point]:
    """Leave out points that are others once more: same weights, multipliers and accelerator.

    A child that differs from its parent in multipliers alone may be assigned the same ones. Where
    nothing is trained, those of a candidate are the same whose figures are.

    Args:
        points: by name; of equal ones the first stays.
        evaluations: that they are of.
    """
    found: dict[object, PointId] = {}
    for name, point in points.items():
        weights = evaluations[name.made_in].weights
        assignment = tuple(sorted(point.assignment.items()))
        made = weights or (name.candidate, tuple(sorted(point.metrics.items())))
        found.setdefault((made, assignment, point.accelerator), name)
    return {name: points[name] for name in found.values()}
