"""Pareto dominance over arrays of objective vectors; every objective is minimized.

Points are float arrays of shape (n, m): n vectors of m objectives. NaN never belongs here.
Fronts and hypervolumes are computed by moocore (Lopez-Ibanez et al.), in O(n log n) for up to
three objectives.
"""

import moocore
import numpy as np
from numpy.typing import ArrayLike, NDArray

Points = NDArray[np.float64]


def as_points(points: ArrayLike) -> Points:
    """Return `points` as a float array of shape (n, m).

    Raises:
        ValueError: if the array is not two-dimensional or holds NaN.
    """
    array = np.asarray(points, dtype=np.float64)
    if array.ndim != 2:
        raise ValueError(f"expected objective vectors of shape (n, m), got shape {array.shape}")
    if np.isnan(array).any():
        raise ValueError("objective vectors hold NaN; record such candidates as failures instead")
    return array


def non_dominated(points: ArrayLike) -> NDArray[np.bool_]:
    """Mark the vectors that no other vector dominates; equal vectors do not dominate each other.

    Returns:
        Boolean mask of shape (n,).
    """
    p = as_points(points)
    if not p.size:
        return np.ones(len(p), dtype=np.bool_)
    return np.asarray(moocore.is_nondominated(p, keep_weakly=True), dtype=np.bool_)


def non_dominated_sort(points: ArrayLike) -> NDArray[np.int64]:
    """Rank vectors by fronts: 0 for the Pareto front, 1 for the front once that is removed, ...

    Source: Deb et al., A fast and elitist multiobjective genetic algorithm: NSGA-II, 2002.
    """
    p = as_points(points)
    if not p.size:
        return np.zeros(len(p), dtype=np.int64)
    return np.asarray(moocore.pareto_rank(p), dtype=np.int64)


def crowding_distance(points: ArrayLike) -> Points:
    """Measure how far each vector of one front lies from its neighbours (Deb et al. 2002).

    Returns:
        Shape (n,): infinity for the extremes of each objective, else the normalized perimeter.
    """
    p = as_points(points)
    distance = np.zeros(len(p))
    for values in p.T:
        order = np.argsort(values, kind="stable")
        ordered = values[order]
        distance[order[[0, -1]]] = np.inf
        span = ordered[-1] - ordered[0]
        if span > 0:
            distance[order[1:-1]] += (ordered[2:] - ordered[:-2]) / span
    return distance


def hypervolume(points: ArrayLike, reference: ArrayLike) -> float:
    """Volume dominated by `points` and bounded by `reference`; larger is better.

    Exact. Vectors that do not dominate the reference add nothing.

    Args:
        points: shape (n, m).
        reference: shape (m,), worse than what is to be counted.

    Raises:
        ValueError: if the shapes do not agree.
    """
    p, r = as_points(points), np.asarray(reference, dtype=np.float64)
    if r.shape != (p.shape[1],):
        raise ValueError(f"expected a reference of shape ({p.shape[1]},), got {r.shape}")
    p = p[(p < r).all(axis=1)]
    return float(moocore.hypervolume(p, ref=r)) if len(p) else 0.0


def reference_point(points: ArrayLike) -> Points:
    """Choose a hypervolume reference: a tenth of the range worse than the worst of `points`.

    Returns:
        Shape (m,).
    """
    p = as_points(points)
    worst, best = p.max(axis=0), p.min(axis=0)
    margin = np.where(worst > best, worst - best, np.maximum(np.abs(worst), 1.0))
    reference: Points = worst + 0.1 * margin
    return reference
