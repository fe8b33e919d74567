"""How much accuracy goes with a squared error of the scores, before and after some are known.

If the scores of a network are disturbed by noise, images are lost whose class leads by little. How
many, the exact scores tell: `NoiseLoss` adds normal noise to them. Predicted squared errors, sums
over layers, are fitted to those of verified assignments by a power law, and losses by a factor.
"""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
import numpy.typing as npt

from evoapproxnas.resilience.scores import Scores, accuracy

Values = npt.NDArray[np.float64]

LEVELS = 24
DRAWS = 4
_TINY = 1e-12
_EXPONENTS = 0.5, 1.5
_FACTORS = 0.25, 4.0


@dataclass(frozen=True, eq=False)
class NoiseLoss:
    """Losses of accuracy, as shares of images, by squared error.

    Attributes:
        knots: logarithms of squared errors between which losses are interpolated, rising, (n,).
        losses: there, not falling, (n,).
        scale: logarithm of the squared error where predictions are right, and
        exponent: of their power law.
        factor: of the losses.
    """

    knots: Values
    losses: Values
    offset: float = 0.0
    exponent: float = 1.0
    factor: float = 1.0

    @classmethod
    def of(cls, exact: Scores, labels: npt.NDArray[np.int64], rng: np.random.Generator) -> Self:
        """Disturb scores.

        Args:
            exact: of an exact network, (images, classes).
            labels: (images,).
            rng: draws the noise.
        """
        spread = max(float(np.mean(exact**2)), _TINY)
        knots = np.log(spread) + np.linspace(np.log(1e-5), np.log(10), LEVELS)
        noise = rng.standard_normal((DRAWS, *exact.shape), np.float32)
        right = accuracy(exact, labels)
        losses = [
            right - accuracy((exact + np.float32(np.exp(k / 2)) * noise), labels) for k in knots
        ]
        return cls(knots, np.maximum.accumulate(np.maximum(losses, 0.0)))

    def fitted(self, predicted: Values, measured: Values, losses: Values) -> Self:
        """Return the same, fitted to verified assignments.

        Args:
            predicted: squared errors as sums over layers, (n,).
            measured: squared errors, (n,).
            losses: of accuracy, as shares of images, (n,).
        """
        known = np.minimum(predicted, measured) > _TINY
        if not known.any():
            return self
        x, y, lost = np.log(predicted[known]), np.log(measured[known]), losses[known]
        spread = float(np.var(x))
        slope = float(np.mean((x - x.mean()) * (y - y.mean()))) / spread if spread > 0.1 else 1.0
        exponent = float(np.clip(slope, *_EXPONENTS))
        offset = float(y.mean() - exponent * x.mean())
        expected = float(np.interp(y, self.knots, self.losses).sum())
        factor = float(np.clip(lost.sum() / expected, *_FACTORS)) if expected > 0 else 1.0
        return replace(self, offset=offset, exponent=exponent, factor=factor)

    def __call__(self, predicted: Values) -> Values:
        """Return the losses that go with predicted squared errors."""
        logarithms = self.offset + self.exponent * np.log(np.maximum(predicted, _TINY))
        losses: Values = self.factor * np.interp(logarithms, self.knots, self.losses)
        return losses
