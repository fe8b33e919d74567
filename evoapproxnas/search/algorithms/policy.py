"""A factorized policy: one categorical distribution for each gene, trained by policy gradient."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


class Policy:
    """Values of genes are drawn independently; at first all are equally likely.

    The gradient is that of REINFORCE (Williams 1992): the logarithm of a sample's probability,
    times how much better than expected the sample was.
    """

    def __init__(self, domains: Sequence[int], *, learning_rate: float, entropy: float) -> None:
        """Start with uniform distributions.

        Args:
            domains: how many values each gene has, shape (g,).
            learning_rate: of the logits.
            entropy: weight of the entropy that is added to what is maximized.
        """
        self._rate, self._entropy = learning_rate, entropy
        exists = np.arange(max(domains)) < np.array(domains)[:, None]
        self._logits = np.where(exists, 0.0, -np.inf)

    def probabilities(self, temperature: float = 1.0) -> Vector:
        """Of all values, shape (g, largest domain); what a gene does not have has 0."""
        scaled = self._logits / temperature
        raised = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        return raised / raised.sum(axis=1, keepdims=True)

    def sample(self, rng: np.random.Generator, temperature: float = 1.0) -> list[int]:
        """Draw a value for each gene; the higher the temperature, the more evenly."""
        levels = self.probabilities(temperature).cumsum(axis=1)
        drawn = rng.random((len(levels), 1)) * levels[:, -1:]
        return (drawn >= levels).sum(axis=1).tolist()

    def learn(self, values: Sequence[int], advantage: float) -> None:
        """Make a sample more likely, or less.

        Args:
            values: that were drawn.
            advantage: how much better than expected it was.
        """
        p = self.probabilities()
        logs = np.log(np.where(p > 0, p, 1.0))
        ascent = -self._entropy * p * (logs - (p * logs).sum(axis=1, keepdims=True))
        ascent -= advantage * p
        ascent[np.arange(len(p)), list(values)] += advantage
        self._logits += self._rate * ascent
