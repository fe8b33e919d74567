"""What has to be known of a problem to judge searches on it."""

from collections.abc import Callable
from dataclasses import dataclass

from evoapproxnas.pareto import Points
from evoapproxnas.problems import Problem
from evoapproxnas.records import Candidate
from evoapproxnas.search.in_memory import Evaluate

Vector = tuple[float, float]


@dataclass(frozen=True)
class Truth:
    """The true figures of a problem, and how the search of one seed sees them.

    Attributes:
        problem: the problem.
        objectives: names of error and cost.
        reference: of the hypervolume, shape (2,).
        volume: hypervolume of the true front.
        true: true error and cost of a candidate.
        again: what would be seen of a candidate's error a second time, as independently of the
            first as the problem's data allow; None where nothing is noisy.
        evaluate: what the search sees.
        typical_hours: that training one network takes, on average; 0 where nothing is trained.
    """

    problem: Problem
    objectives: tuple[str, str]
    reference: Points
    volume: float
    true: Callable[[Candidate], Vector]
    again: Callable[[Candidate], float] | None
    evaluate: Evaluate
    typical_hours: float = 0.0
