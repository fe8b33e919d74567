"""What calibration learns about the input of a layer, independent of any multiplier."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import QuantizationError

PATTERNS = 2**16
SAMPLES_PER_BATCH = 2**18


@dataclass(frozen=True, eq=False)
class InputStatistics:
    """Range and distribution of the activations that meet a layer's multipliers.

    Attributes:
        ranges: float64 (batches, 2), smallest and largest activation of each batch.
        counts: float64 (65536,): how often activations fall on each float32 value cut to its
            upper 16 bits. From this the histogram of codes follows for every later choice of
            range and signedness, in one pass over the data.
        padding: how often padding takes the place of an activation, on the same scale.
    """

    ranges: npt.NDArray[np.float64]
    counts: npt.NDArray[np.float64]
    padding: float

    @classmethod
    def of(cls, activations: npt.NDArray[Any], *, padded_share: float = 0.0) -> Self:
        """Measure a batch; the distribution is taken from an even sample of a large one.

        Args:
            activations: the inputs of a layer, at least one value.
            padded_share: share of multiplications that meet padding instead.

        Returns:
            Range and distribution of its values.

        Raises:
            QuantizationError: if an activation is not finite.
        """
        flat = np.ascontiguousarray(activations, np.float32).reshape(-1)
        low, high = float(flat.min()), float(flat.max())
        if not (np.isfinite(low) and np.isfinite(high)):
            raise QuantizationError(
                "met activations that are NaN or infinite during calibration; check its weights "
                "and those before it (a model that diverged cannot be quantized)"
            )
        # An odd step visits all channels evenly, as channel counts are mostly even.
        sample = flat[:: max(flat.size // SAMPLES_PER_BATCH, 1) | 1]
        patterns = sample.view(np.uint32) >> 16
        counts = np.bincount(patterns, minlength=PATTERNS).astype(np.float64)
        counts *= (1.0 - padded_share) * flat.size / sample.size
        return cls(np.array([[low, high]]), counts, padded_share * flat.size)

    def merged(self, other: Self) -> "InputStatistics":
        """Return the statistics of both batches together.

        Args:
            other: statistics of a later batch.
        """
        return InputStatistics(
            np.concatenate([self.ranges, other.ranges]),
            self.counts + other.counts,
            self.padding + other.padding,
        )

    @property
    def low(self) -> float:
        """The smallest activation."""
        return float(self.ranges[:, 0].min())

    @property
    def high(self) -> float:
        """The largest activation."""
        return float(self.ranges[:, 1].max())

    @property
    def always_zero(self) -> bool:
        """Whether no activation differed from 0."""
        return self.low == self.high == 0.0

    @cached_property
    def values(self) -> npt.NDArray[np.float32]:
        """The activations counted, in the middle of each interval; float32 (n,)."""
        patterns = self._present.astype(np.uint32) << 16 | 0x8000
        values = patterns.view(np.float32)
        return np.where(np.abs(values) < 1e-30, np.float32(0), values)

    @cached_property
    def weights(self) -> npt.NDArray[np.float64]:
        """How often each of `values` occurred; float64 (n,)."""
        return self.counts[self._present]

    @cached_property
    def _present(self) -> npt.NDArray[np.intp]:
        return np.flatnonzero(self.counts)
