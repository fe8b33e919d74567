"""What a campaign is made of: candidates, and what evaluating each gave."""

from collections.abc import Mapping
from dataclasses import dataclass, field


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
        key: canonical key of the decoded network; equal keys share one evaluation.
        network: the decoded network as JSON text (`networks.Network.from_dict` reads it).
        parents: the candidates it was varied from, none in generation 0.
    """

    id: CandidateId
    genes: tuple[int, ...]
    key: str
    network: str
    parents: tuple[CandidateId, ...] = ()


@dataclass(frozen=True)
class Evaluation:
    """The figures of one candidate.

    Attributes:
        metrics: figure by name; holds every objective and its baselines.
        seconds: wall-clock time it took, 0 when it came from the cache.
    """

    metrics: Mapping[str, float]
    seconds: float = 0.0


@dataclass(frozen=True)
class Failure:
    """Why a candidate has no figures.

    Attributes:
        kind: `rejected`, `raised`, `diverged`, `timeout`, `memory` or `crashed`.
        reason: what happened, in a sentence.
        seconds: wall-clock time lost.
        details: traceback or output, where there is one.
    """

    kind: str
    reason: str
    seconds: float = 0.0
    details: str = field(default="", repr=False)


Outcome = Evaluation | Failure
