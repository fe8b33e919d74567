"""The objective and what it is a figure of."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from evoapproxnas.multipliers import Multiplier
from evoapproxnas.networks import Network
from evoapproxnas.records import Figure


@dataclass(frozen=True)
class Subject:
    """What objectives see of a candidate.

    Attributes:
        network: the decoded network.
        library: the multipliers that its layers name.
        exact: name of the exact 8-bit multiplier that networks are compared with, which follows
            from the run's weight scheme.
        control_variate: whether layers have one, which takes energy.
        accuracy: share of validation images that the quantized, approximated network classifies
            correctly, 0..1; NaN before it is trained.
    """

    network: Network
    library: Mapping[str, Multiplier]
    exact: str = "exact8"
    control_variate: bool = False
    accuracy: float = math.nan


@dataclass(frozen=True)
class Objective(Figure):
    """A figure of a network that can be optimized or limited.

    Attributes:
        measure: computes the figure.
    """

    measure: Callable[[Subject], float]
