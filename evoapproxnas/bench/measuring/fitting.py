"""From timed calls to nanoseconds for each quantity."""

from collections.abc import Sequence
from typing import get_args

import numpy as np
from scipy.optimize import nnls

from evoapproxnas.emulation.kernels.choice import Sample
from evoapproxnas.emulation.kernels.choice.work import QUANTITIES, Family, quantities


def fit_constants(samples: Sequence[Sample]) -> dict[Family, dict[str, float]]:
    """Return the nanoseconds of each quantity that counts, for each family of layers.

    Non-negative least squares on relative errors: a call of 0.1 ms counts as much as one of 10.

    Args:
        samples: timed calls of one kernel.
    """
    constants: dict[Family, dict[str, float]] = {}
    for family in get_args(Family):
        chosen = [sample for sample in samples if sample.work.family == family]
        if chosen:
            constants[family] = _fitted(chosen)
    return constants


def _fitted(samples: Sequence[Sample]) -> dict[str, float]:
    nanoseconds = np.array([sample.seconds for sample in samples])[:, None] * 1e9
    amounts = np.stack([quantities(sample.work, sample.terms) for sample in samples])
    shares = amounts / nanoseconds
    largest = shares.max(axis=0)
    largest[largest == 0] = 1.0  # no call had any of it
    found, _ = nnls(shares / largest, np.ones(len(samples)))
    values = found / largest
    return {name: float(v) for name, v in zip(QUANTITIES, values, strict=True) if v > 0}
