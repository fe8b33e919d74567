"""What accelerators need of a problem: its candidates have layers that multiply."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from evoapproxnas.hardware.energy import Assignment
from evoapproxnas.hardware.workload import Workload
from evoapproxnas.problems.protocol import Problem
from evoapproxnas.records import Candidate


@dataclass(frozen=True)
class Demand:
    """What a candidate asks of the accelerator that it runs on.

    Attributes:
        workload: its layers.
        multipliers: of layers by path; the others are exact in 8 bits.
    """

    workload: Workload
    multipliers: Assignment


@runtime_checkable
class LayeredProblem(Problem, Protocol):
    """A problem whose candidates have layers, so that accelerators can be priced for them."""

    def demand(self, candidate: Candidate, assignment: Mapping[str, str]) -> Demand:
        """The layers of a candidate.

        Args:
            candidate: which.
            assignment: multipliers by layer, in place of those of its genes.
        """

    def least_demand(self, candidate: Candidate) -> Demand:
        """Likewise with multipliers under which no figure is worse than with any assignment."""
