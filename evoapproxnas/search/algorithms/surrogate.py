"""What a training will come to, guessed from candidates that were trained: a Gaussian process.

Two candidates are the more alike the more of their genes have the same value. The kernel is a
power of that share: with power 1 each gene adds an effect of its own, with higher ones so do pairs
of genes, and more of them together. Power and noise are those under which what is known is most
likely (Rasmussen and Williams, "Gaussian Processes for Machine Learning", 2006, chapter 5).
"""

from dataclasses import dataclass
from itertools import product
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_factor, cho_solve

_POWERS = (1, 2, 4)
_NOISES = (0.01, 0.1, 1.0)
"""Variance of the noise, relative to that of what the genes explain."""

_LEAST = 1e-12
"""Variance of figures that are all the same."""

Floats = npt.NDArray[np.float64]
Genes = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class GaussianProcess:
    """Guesses of a figure.

    Attributes:
        genes: of the candidates that are known, shape (n, g).
        power: of the kernel.
        mean: of their figures.
        scale: variance of what the genes explain.
        factor: Cholesky factor of the kernel among them, with noise, relative to `scale`.
        weights: of each of them in a guess, shape (n,).
        likelihood: logarithm of that of the figures, but for a constant.
    """

    genes: Genes
    power: int
    mean: float
    scale: float
    factor: Any
    weights: Floats
    likelihood: float

    @classmethod
    def fit(cls, genes: Genes, figures: Floats) -> Self:
        """Learn from candidates.

        Args:
            genes: of candidates, shape (n, g), n at least 1.
            figures: of these, shape (n,).
        """
        alike = _alike(genes, genes)
        fits = [cls._fitted(genes, figures, alike, *each) for each in product(_POWERS, _NOISES)]
        return max(fits, key=lambda fit: fit.likelihood)

    @classmethod
    def _fitted(
        cls, genes: Genes, figures: Floats, alike: Floats, power: int, noise: float
    ) -> Self:
        mean = float(figures.mean())
        rest = figures - mean
        factor = cho_factor(alike**power + noise * np.eye(len(rest)), lower=True)
        weights = cho_solve(factor, rest)
        scale = max(float(rest @ weights) / len(rest), _LEAST)
        likelihood = -0.5 * len(rest) * np.log(scale) - np.log(factor[0].diagonal()).sum()
        return cls(genes, power, mean, scale, factor, weights, float(likelihood))

    def guess(self, genes: Genes) -> tuple[Floats, Floats]:
        """Return mean and standard deviation of the figures of others, shapes (m,).

        Args:
            genes: of these, shape (m, g).
        """
        alike = _alike(genes, self.genes) ** self.power
        explained = (alike * cho_solve(self.factor, alike.T).T).sum(axis=1)
        variance = self.scale * np.maximum(1 - explained, 0.0)
        return self.mean + alike @ self.weights, np.sqrt(variance)


def _alike(some: Genes, others: Genes) -> Floats:
    """Share of the genes that have the same value, shape (len(some), len(others))."""
    same: Floats = (some[:, None, :] == others[None, :, :]).mean(axis=2)
    return same
