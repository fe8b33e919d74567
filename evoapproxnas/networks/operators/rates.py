"""Probabilities of operators by their recent success: probability matching."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from evoapproxnas.errors import ConfigError


@dataclass(frozen=True)
class Rates:
    """How often each operator is used.

    The quality of an operator is a moving average of its rewards, 1 in the beginning:
    `quality += adaptation * (reward - quality)`. Its probability is `minimum`, and of the rest a
    share that goes with weight times quality. Nothing else is remembered, so that the same
    outcomes in the same order give the same rates.

    Source: probability matching, D. Thierens, An Adaptive Pursuit Strategy for Allocating
    Operator Probabilities, GECCO 2005.

    Attributes:
        weights: by operator; what its probability goes with while all do equally well.
        minimum: probability below which none falls.
        adaptation: how fast old outcomes are forgotten, 0..1; at 0, rates stay what they are.
        quality: by operator.

    Raises:
        ConfigError: for weights or options that are no probabilities.
    """

    weights: Mapping[str, float]
    minimum: float = 0.05
    adaptation: float = 0.1
    quality: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        """Check the values."""
        if not self.weights or any(weight <= 0 for weight in self.weights.values()):
            raise ConfigError(
                f"operator rates: expected weights above 0, got {dict(self.weights)}; leave out "
                f"operators that are not to be used"
            )
        if not 0 <= self.minimum * len(self.weights) <= 1 or not 0 <= self.adaptation <= 1:
            raise ConfigError(
                f"operator rates: expected a minimum of 0..1/{len(self.weights)} and an "
                f"adaptation of 0..1, got {self.minimum} and {self.adaptation}"
            )

    @property
    def probabilities(self) -> dict[str, float]:
        """By operator; they add up to 1."""
        quality = self.quality or {}
        strength = {name: w * quality.get(name, 1.0) for name, w in self.weights.items()}
        total = sum(strength.values())
        if total <= 0:  # None has had any success: as in the beginning.
            strength, total = dict(self.weights), sum(self.weights.values())
        rest = 1.0 - self.minimum * len(self.weights)
        return {name: self.minimum + rest * s / total for name, s in strength.items()}

    def after(self, outcomes: Iterable[tuple[str, float]]) -> "Rates":
        """Return the rates once outcomes are known.

        Args:
            outcomes: operator and its reward, 0..1 (such as: the child entered the front), in the
                order in which the run knows them. Those of unknown operators change nothing.

        Raises:
            ConfigError: for a reward outside of 0..1.
        """
        quality = dict(self.quality or {})
        for name, reward in outcomes:
            if not 0 <= reward <= 1:
                raise ConfigError(f"reward of operator {name!r}: expected 0..1, got {reward}")
            if name in self.weights:
                before = quality.get(name, 1.0)
                quality[name] = before + self.adaptation * (reward - before)
        return replace(self, quality=quality)
