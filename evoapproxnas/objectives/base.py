"""The objective and what it is a figure of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from evoapproxnas.multipliers import Multiplier
from evoapproxnas.networks import Network


@dataclass(frozen=True)
class Subject:
    """What objectives see of a candidate.

    Attributes:
        network: the decoded network.
        library: the multipliers that its layers name.
        accuracy: share of validation images that the quantized, approximated network classifies
            correctly, 0..1.
    """

    network: Network
    library: Mapping[str, Multiplier]
    accuracy: float


@dataclass(frozen=True)
class Objective:
    """A figure to optimize.

    Attributes:
        name: key in configurations, tables and the run database; carries the unit.
        direction: whether less or more is better.
        unit: unit of the figure, in words for axis labels.
        cost: `cheap` if it follows from the network alone, `trained` if it needs training.
        measure: computes the figure.
    """

    name: str
    direction: Literal["min", "max"]
    unit: str
    cost: Literal["cheap", "trained"]
    measure: Callable[[Subject], float]
