"""Predicting what an assignment loses from what each layer loses alone.

To first order, what several approximate layers add to the scores of a network is the sum of what
each adds alone. Where these are uncorrelated, their mean squares add up, too: this sum orders
assignments. A monotone map, which changes no order, makes a loss of accuracy of it.
"""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.isotonic import IsotonicRegression

from evoapproxnas.nsga2_arrays import Genomes
from evoapproxnas.resilience.sensitivity import Sensitivities

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Surrogate:
    """Predicts squared errors of scores, and from these the loss of accuracy.

    Attributes:
        single: squared error of each unit, a layer or a group of its channels, alone with each
            multiplier, (units, multipliers).
        knots: squared errors between which losses are interpolated, rising, (n,).
        losses: there, as shares of images, rising from 0 or more, (n,).
    """

    single: Values
    knots: Values
    losses: Values

    @classmethod
    def fitted(
        cls, sensitivities: Sensitivities, genomes: Genomes, losses: Values, *, images: int
    ) -> Self:
        """Fit the map to single layers and to emulated assignments, each weighted by its images.

        Args:
            sensitivities: of single layers.
            genomes: emulated assignments, (n, units).
            losses: of these, below the exact network, as shares of images, (n,).
            images: on which they were emulated.
        """
        layers, single = sensitivities.squared_errors, sensitivities.single
        errors = np.concatenate([layers.ravel(), _added(single, genomes)])
        weights = np.repeat([sensitivities.images, images], [layers.size, len(genomes)])
        everything = np.concatenate([sensitivities.losses.ravel(), losses])
        return cls(single, *fitted_losses(errors, everything, weights))

    def squared_error(self, genomes: Genomes) -> Values:
        """Return the sum of the squared errors of the units alone, (n,) for (n, units)."""
        return _added(self.single, genomes)

    def loss(self, squared_errors: Values) -> Values:
        """Return the losses of accuracy that go with squared errors, as shares of images."""
        return np.interp(squared_errors, self.knots, self.losses)


def fitted_losses(
    errors: Values, losses: Values, weights: npt.NDArray[Any]
) -> tuple[Values, Values]:
    """Fit a map from squared errors of scores to losses of accuracy that never falls.

    Source: isotonic regression, by scikit-learn; Barlow et al., Statistical Inference under
    Order Restrictions, 1972.

    Args:
        errors: squared errors, (n,).
        losses: that went with them, as shares of images, (n,).
        weights: how many images each was measured on, (n,).

    Returns:
        Squared errors between which losses are interpolated, rising, and these losses.
    """
    fit = IsotonicRegression(y_min=0.0)
    fit.fit(errors, losses, weights)
    return fit.X_thresholds_, fit.y_thresholds_


def _added(single: Values, genomes: Genomes) -> Values:
    total: Values = single[np.arange(genomes.shape[1]), genomes].sum(axis=1)
    return total
