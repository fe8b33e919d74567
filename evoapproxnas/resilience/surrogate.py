"""Predicting what an assignment loses from what each layer loses alone.

To first order, what several approximate layers add to the scores of a network is the sum of what
each adds alone. From the summed scores follow an increase of cross-entropy and of error, which
saturate as those of the network do, where sums of single losses would not. How they map to the
loss of accuracy is fitted to assignments that were emulated, by a Gaussian process.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evoapproxnas.resilience.evolution import Genomes
from evoapproxnas.resilience.scores import cross_entropy
from evoapproxnas.resilience.sensitivity import Sensitivities

Values = npt.NDArray[np.float64]

SLICE = 16
"""Genomes at a time, so that their scores stay in the cache."""
FEWEST = 8
"""Emulated assignments from which a fit is worth more than none."""


@dataclass(frozen=True, eq=False)
class Features:
    """What is known of genomes without emulating them, each of shape (n,).

    Attributes:
        cross_entropy: increase in nats, by added scores.
        error: increase of the share of wrong images, by added scores.
        squared_error: mean squared change of scores, the layers' own added up.
    """

    cross_entropy: Values
    error: Values
    squared_error: Values

    def matrix(self) -> Values:
        """Return them as columns (n, 3), on scales on which losses grow evenly."""
        return np.column_stack(
            [np.log1p(10 * np.maximum(self.cross_entropy, 0)), self.error,
             np.sqrt(self.squared_error)]
        )  # fmt: skip


class AdditiveScores:
    """Features of genomes from sensitivities."""

    def __init__(self, sensitivities: Sensitivities, *, images: int) -> None:
        """Take the first images of what was measured."""
        self._changes = np.ascontiguousarray(sensitivities.changes[:, :, :images])
        self._exact = sensitivities.exact[:images]
        self._labels = sensitivities.labels[:images]
        self._squares = (self._changes.astype(np.float64) ** 2).mean(axis=(2, 3))
        self._base = self._measured(self._exact[None])

    def features(self, genomes: Genomes) -> Features:
        """Return the features of genomes (n, layers)."""
        parts = [np.empty((2, 0))]
        parts += [
            self._measured(self._sums(genomes[i : i + SLICE]))
            for i in range(0, len(genomes), SLICE)
        ]
        entropies, errors = np.concatenate(parts, axis=1) - self._base
        layers = np.arange(genomes.shape[1])
        return Features(entropies, errors, self._squares[layers, genomes].sum(axis=1))

    def profile(self, genomes: Genomes) -> Values:
        """Return how much each layer changes the scores alone, (n, layers), typically 1."""
        layers = np.arange(genomes.shape[1])
        return np.sqrt(
            self._squares[layers, genomes] / max(float(np.median(self._squares)), 1e-12)
        )

    def _sums(self, genomes: Genomes) -> npt.NDArray[np.float32]:
        totals = np.repeat(self._exact[None], len(genomes), axis=0)
        for layer, chosen in enumerate(genomes.T):
            totals += self._changes[layer, chosen]
        return totals

    def _measured(self, values: npt.NDArray[np.float32]) -> Values:
        """Return cross-entropy and error, (2, n)."""
        wrong = (values.argmax(axis=-1) != self._labels).mean(axis=-1)
        return np.stack([cross_entropy(values, self._labels), wrong]).astype(np.float64)


class LossModel:
    """From features to the loss of accuracy: a line, and a Gaussian process on what it leaves.

    Without emulated assignments, the loss is the increase of error by added scores. Two
    assignments are alike if their features are, and if their layers lose alike.

    Source: Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, chapter 2.
    """

    def __init__(self, additive: AdditiveScores, *, noise: float) -> None:
        """Start with nothing known.

        Args:
            additive: gives the features.
            noise: standard error of an emulated loss, as a share of images.
        """
        self._additive = additive
        self._noise = noise
        self._known: tuple[Values, Values] | None = None
        self._scale: Values = np.ones(0)
        self._line: Values = np.ones(0)
        self._weights: Values = np.ones(0)
        self._variance = 0.0

    def fit(self, genomes: Genomes, losses: Values) -> None:
        """Learn from emulated assignments.

        Args:
            genomes: (n, layers); fewer than `FEWEST` teach nothing.
            losses: below the exact network, as shares of images.
        """
        if len(genomes) < FEWEST:
            return
        features = self._additive.features(genomes).matrix()
        alike = self._additive.profile(genomes)
        self._scale = np.maximum(features.std(axis=0), 1e-9)
        design = self._design(features)
        ridge = 1e-3 * len(design) * np.eye(design.shape[1])
        self._line = np.asarray(
            np.linalg.solve(design.T @ design + ridge, design.T @ losses), np.float64
        )
        left = losses - design @ self._line
        self._known = (features / self._scale, alike)
        self._variance = max(float(left.var()), 1e-8)
        kernel = self._variance * self._alike(*self._known)
        kernel += (self._noise**2 + 1e-8) * np.eye(len(left))
        self._weights = np.asarray(np.linalg.solve(kernel, left), np.float64)

    def predict(self, genomes: Genomes) -> Values:
        """Return the predicted losses (n,), as shares of images."""
        features = self._additive.features(genomes)
        if self._known is None:
            return features.error
        matrix = features.matrix()
        alike = self._alike(matrix / self._scale, self._additive.profile(genomes))
        line = self._design(matrix) @ self._line
        predicted: Values = line + self._variance * alike @ self._weights
        return predicted

    def _design(self, features: Values) -> Values:
        return np.column_stack([np.ones(len(features)), features / self._scale])

    def _alike(self, features: Values, profiles: Values) -> Values:
        """Return the kernel between given and known assignments, 1 for equal ones."""
        if self._known is None:
            return np.zeros((len(features), 0))
        known_features, known_profiles = self._known
        by_features = _squared_distances(features, known_features)
        by_profiles = _squared_distances(profiles, known_profiles)
        return 0.5 * np.exp(-by_features / 2) + 0.5 * np.exp(-by_profiles / 2)


def _squared_distances(a: Values, b: Values) -> Values:
    distances: Values = ((a[:, None] - b[None]) ** 2).sum(axis=2)
    return distances
