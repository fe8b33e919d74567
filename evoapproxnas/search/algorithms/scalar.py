"""Several objectives as one number that is to be small, for searches that know one only.

Aggregation as in surveys of hardware-aware NAS (Benmeziane et al., 2021): a weighted sum, the
largest weighted objective (Chebyshev), or MnasNet's product (Tan et al., CVPR 2019).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evoapproxnas.constraints import feasible
from evoapproxnas.errors import ConfigError, unknown_name
from evoapproxnas.records import PointId
from evoapproxnas.search.ledger import Ledger

Vector = NDArray[np.float64]

_SUM_SHARE = 0.05
"""Of the sum in the Chebyshev form: of equal maxima the one that is better elsewhere wins."""
_LEAST = 1e-9
"""What is no larger counts as so much in a logarithm."""


@dataclass(frozen=True)
class ScalarOptions:
    """How objectives become one number.

    Attributes:
        form: `sum` or `chebyshev` of weighted objectives, each 0 at its best and 1 at its worst on
            the front so far; or `product`: minus the logarithm of (1 - error) x product of
            (objective / target) ^ -w, where w is `within` up to the target and `beyond` above.
        weights: by objective, for `sum` and `chebyshev`; none: drawn anew for each candidate.
        targets: by objective but `error`, for `product`. Other than `search.limits` they may be
            exceeded.
        within: exponent up to the target. MnasNet's soft constraint is 0.07 for both, its hard one
            0 and 1.
        beyond: exponent above the target.
        penalty: what exceeding a limit of `search.limits` by its own size adds.
    """

    form: Literal["sum", "chebyshev", "product"] = "sum"
    weights: Mapping[str, Annotated[float, Field(ge=0)]] = field(default_factory=dict)
    targets: Mapping[str, Annotated[float, Field(gt=0)]] = field(default_factory=dict)
    within: Annotated[float, Field(ge=0)] = 0.07
    beyond: Annotated[float, Field(ge=0)] = 0.07
    penalty: Annotated[float, Field(gt=0)] = 10.0


class Scalar:
    """Scores of points; less is better."""

    def __init__(self, ledger: Ledger, options: ScalarOptions) -> None:
        """Take note of what is known and wanted.

        Raises:
            UnknownNameError: for weights or targets of what is no objective.
            ConfigError: if the form cannot be had of these objectives.
        """
        self._ledger, self._options = ledger, options
        self._names = list(ledger.ranking.directions)
        for name in (*options.weights, *options.targets):
            if name not in self._names:
                raise unknown_name("objective in search.options", name, self._names)
        if options.form == "product":
            _check_product(ledger, options)
        self._weights: Vector | None = None
        if options.weights:
            given = np.array([options.weights.get(name, 0.0) for name in self._names])
            if not given.any():
                raise ConfigError("search.options.weights: expected one above 0, got none")
            self._weights = given / given.sum()

    def draw(self, rng: np.random.Generator) -> Vector:
        """Weights of the objectives, shape (m,), of sum 1: drawn uniformly, or those given."""
        return rng.dirichlet(np.ones(len(self._names))) if self._weights is None else self._weights

    def spread(self, count: int, rng: np.random.Generator) -> Vector:
        """So many weights, shape (count, m): evenly spread if there are two objectives."""
        if self._weights is not None or len(self._names) > 2:
            return np.array([self.draw(rng) for _ in range(count)])
        first = (np.arange(count) + 0.5) / count
        return np.stack([first, 1 - first], axis=1)

    def scores(self, points: Sequence[PointId], weights: Vector) -> Vector:
        """Score points under each of some weights.

        Args:
            points: n of them.
            weights: shape (k, m), or (m,) for one.

        Returns:
            Shape (k, n), or (n,) for one.
        """
        ranking = self._ledger.ranking
        metrics = [self._ledger.point(point).metrics for point in points]
        excess = np.array([ranking.violation(figures) for figures in metrics])
        values = np.array([ranking.objectives(figures) for figures in metrics])
        if self._options.form == "product":
            one = np.broadcast_to(self._product(values), (*weights.shape[:-1], len(points)))
        else:
            one = self._aggregated(values, weights)
        return one + self._options.penalty * excess

    def _aggregated(self, values: Vector, weights: Vector) -> Vector:
        weighted = weights[..., None, :] * self._scaled(values)
        if self._options.form == "sum":
            return weighted.sum(axis=-1)
        return weighted.max(axis=-1) + _SUM_SHARE * weighted.sum(axis=-1)

    def _scaled(self, values: Vector) -> Vector:
        """Objectives over their range on the front; on all of these while that has no range."""
        front = self._ledger.archive.vectors
        known = feasible(front)
        if len(known) < 2:
            known = np.concatenate([known, values])
        best = known.min(axis=0)
        span = known.max(axis=0) - best
        return (values - best) / np.where(span > 0, span, 1.0)

    def _product(self, values: Vector) -> Vector:
        """Minus the logarithm of MnasNet's reward, shape (n,)."""
        score = np.zeros(len(values))
        for name, column in zip(self._names, values.T, strict=True):
            if name == "error":
                score -= np.log(np.maximum(1 - column, _LEAST))
            else:
                ratio = np.log(np.maximum(column / self._options.targets[name], _LEAST))
                score += np.where(ratio <= 0, self._options.within, self._options.beyond) * ratio
        return score


def _check_product(ledger: Ledger, options: ScalarOptions) -> None:
    directions = ledger.ranking.directions
    costs = [name for name in directions if name != "error"]
    if set(directions.values()) != {"min"} or len(costs) == len(directions):
        raise ConfigError(
            "search.options.form 'product' is about the objective 'error' and costs, of which "
            f"less is better; got {', '.join(directions)}; choose others, or form 'chebyshev'"
        )
    if missing := [name for name in costs if name not in options.targets]:
        raise ConfigError(
            f"search.options.form 'product' needs a target for {missing[0]!r}; name "
            f"it as in --set 'search.options.targets={{{missing[0]}=20}}'"
        )
