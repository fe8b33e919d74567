"""What a campaign is made of: figures, candidates, and what evaluating each gave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


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
    """

    id: CandidateId
    genes: tuple[int, ...]
    key: str
    network: str
    parents: tuple[CandidateId, ...] = ()
    architecture_key: str = ""


TrainingState = Literal["finished", "stopped"]
"""`stopped` at a rung: it can go on from its weights."""


@dataclass(frozen=True)
class Training:
    """What training one architecture took.

    Attributes:
        budget: passes over the training images that it was given.
        recipe: digest of what else decides it: data and training options, not the seed.
        history: figures of every epoch, by name; None where one was not measured.
        seconds: wall-clock time.
        state: whether the budget was the last one.
        inherited_from: the candidate whose weights it began with; None: from scratch.
    """

    budget: float
    recipe: str
    history: tuple[Mapping[str, float | None], ...] = ()
    seconds: float = 0.0
    state: TrainingState = "finished"
    inherited_from: CandidateId | None = None


@dataclass(frozen=True)
class Evaluation:
    """The figures of one candidate.

    Attributes:
        metrics: figure by name; holds what the search asks for and its baselines.
        seconds: wall-clock time it took, 0 when it came from the cache.
        training: what its training took; None where nothing was trained for it.
        assignment: multiplier by layer, where layers have one.
    """

    metrics: Mapping[str, float]
    seconds: float = 0.0
    training: Training | None = None
    assignment: Mapping[str, str] = field(default_factory=dict)


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
