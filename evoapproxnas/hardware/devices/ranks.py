"""Agreement of two figures about the order of networks."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from evoapproxnas.hardware.devices.counts import Floats


def ranked(values: npt.ArrayLike) -> Floats:
    """Return ranks, equal values sharing theirs, with mean 0 and norm 1; shape (n,).

    All zeros where every value is the same. The product of two is Spearman's rank correlation.
    """
    ranks = pd.Series(np.asarray(values, np.float64)).rank().to_numpy()
    centred: Floats = ranks - ranks.mean()
    norm = np.linalg.norm(centred)
    return centred / norm if norm else centred


def rank_correlation(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    """Return Spearman's rank correlation; 0 where one of them says nothing."""
    return float(ranked(one) @ ranked(other))
