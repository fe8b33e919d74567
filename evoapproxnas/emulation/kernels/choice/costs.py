"""How long a kernel takes: so much for each quantity, and as far off as for what was timed nearby.

    seconds = exp(error nearby) * sum over quantities of amount * constant

Constants alone, fitted to a few dozen timed calls, are wrong by some ten per cent here and there:
loops have other shapes for few pixels or few channels than any sum tells. So a call that is like a
timed one is taken to be off by the same factor; far from all of them constants decide alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from evoapproxnas.emulation.kernels.choice.measurement import KernelTimes, Sample
from evoapproxnas.emulation.kernels.choice.work import (
    QUANTITIES,
    Array,
    Family,
    LayerWork,
    quantities,
)

NEARBY = {"pixels": 1.0, "channels": 0.35, "outputs": 0.35, "terms": 0.35}
"""Distances, as logarithms of ratios, at which a timed call counts exp(-1/2) = 0.6. Chosen on two
dozen layers and three tables of a Xeon, one thread: choices among timed calls lose up to 1 %,
those on layers whose own times are withheld 2 % on average, 35 % on the most unlike ones."""
DOUBT = 0.1
"""Weight of the constants alone: a single call that is the same as a timed one counts 10 to 1."""
_NANO = 1e-9
_APART = 3.0
"""Distance between calls that differ in kind, where those of `NEARBY` are 1."""


@dataclass(frozen=True, eq=False)
class KernelCost:
    """What a kernel's calls take; compared and hashed by identity.

    Attributes:
        constants: nanoseconds of each of `QUANTITIES`, for families that the kernel is used for.
        places: float64, shape (timed calls, coordinates), where in the space of layers they lie.
        errors: float64, shape (timed calls,), the logarithm of time over what constants say.
    """

    constants: Mapping[Family, Array]
    places: Array
    errors: Array

    def seconds(self, work: LayerWork, terms: int) -> float:
        """Return how long a call should take; infinite where the kernel is of no use.

        Args:
            work: the call.
            terms: products that stand for one of the table.
        """
        return _seconds(self, work, terms)

    def _error_nearby(self, work: LayerWork, terms: int) -> float:
        if not len(self.errors):
            return 0.0
        distances = np.square(self.places - _place(work, terms)).sum(axis=1)
        weights = np.exp(-distances / 2)
        return float(weights @ self.errors / (weights.sum() + DOUBT))


@lru_cache(maxsize=2**14)
def _seconds(cost: KernelCost, work: LayerWork, terms: int) -> float:
    constants = cost.constants.get(work.family)
    if constants is None:
        return float("inf")
    plain = float(quantities(work, terms) @ constants) * _NANO
    return plain * float(np.exp(cost._error_nearby(work, terms)))


def cost_of_constants(constants: Mapping[Family, Mapping[str, float]]) -> KernelCost:
    """Return what constants alone say.

    Args:
        constants: nanoseconds by quantity, for each family; those left out are 0.
    """
    return KernelCost(_vectors(constants), np.zeros((0, 0)), np.zeros(0))


def measured_cost(times: KernelTimes) -> KernelCost:
    """Return the cost of a kernel that was timed.

    Args:
        times: constants that were fitted, and the calls.
    """
    plain = cost_of_constants(times.constants)
    used = [each for each in times.samples if each.work.family in plain.constants]
    errors = [_error(plain, each) for each in used]
    places = [_place(each.work, each.terms) for each in used]
    return KernelCost(plain.constants, np.array(places), np.array(errors))


def _error(plain: KernelCost, sample: Sample) -> float:
    said = plain.seconds(sample.work, sample.terms)
    return float(np.log(sample.seconds / said)) if said > 0 else 0.0


def _vectors(constants: Mapping[Family, Mapping[str, float]]) -> dict[Family, Array]:
    return {
        family: np.array([given.get(name, 0.0) for name in QUANTITIES])
        for family, given in constants.items()
    }


def _place(work: LayerWork, terms: int) -> Array:
    """Return where a call lies in a space in which distances up to 1 or 2 are short."""
    sizes = {
        "pixels": work.pixels,
        "channels": work.channels,
        "outputs": work.outputs,
        "terms": terms,
    }
    kinds = (work.rows * work.columns > 1, work.window_sums, work.family == "narrow")
    by_size = (np.log1p(size) / NEARBY[name] for name, size in sizes.items())
    return np.array([*by_size, *(_APART * kind for kind in kinds)])
