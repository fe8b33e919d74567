"""Gradients through the multiplier: slopes of its smoothed table in both operands.

A table is a staircase full of jumps, whose slope says little, so its error is smoothed first:
S[a, w] = a*w + sum_r f_r(a) * h_r(w), the leading terms of a singular value decomposition of the
moving average of m(a, w) - a*w in both operands. The slopes are finite differences of S (central,
one-sided at the ends), after Meng et al., "Gradient Approximation of Approximate Multipliers for
High-Accuracy Deep Neural Network Retraining", DATE 2025. Because S is a short sum of products,
its gradients are those of as many ordinary convolutions. An exact table gives those of "ste".
"""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from evoapproxnas.emulation.kernels import LookupTable
from evoapproxnas.emulation.operation.quantization import code_limits
from evoapproxnas.multipliers import exact_table

Array = npt.NDArray[Any]

MAX_TERMS = 8
WINDOW_SHARE = 32
"""The moving average takes 1/32 of an operand's codes on either side: 8 of 256."""
SMALLEST_TERM = 1e-3
"""Terms below this share of the largest are left out."""


class Terms(NamedTuple):
    """One operand's part of the smoothed error, by bit pattern; float32 (256, terms).

    Arrays, or tensors.

    Attributes:
        values: f_r or h_r; 0 at codes that the operand's width excludes.
        slopes: finite differences of the values, per code.
    """

    values: Any
    slopes: Any

    @property
    def size(self) -> int:
        """Number of terms."""
        return int(self.values.shape[1])

    def values_at(self, patterns: tf.Tensor, term: int) -> tf.Tensor:
        """Return a term's values at bit patterns of any shape."""
        return tf.gather(self.values[:, term], tf.cast(patterns, tf.int32))

    def slopes_at(self, patterns: tf.Tensor, term: int) -> tf.Tensor:
        """Return a term's slopes at bit patterns of any shape."""
        return tf.gather(self.slopes[:, term], tf.cast(patterns, tf.int32))


@lru_cache(maxsize=64)
def smoothed_error(
    table: LookupTable, activation_bits: int, weight_bits: int
) -> tuple[Terms, Terms]:
    """Return the terms f_r of the activations and h_r of the weights.

    Args:
        table: the products.
        activation_bits: only codes of this width are used, averaged and differenced.
        weight_bits: the same for the weights.
    """
    patterns = [
        np.arange(low, high + 1) & 255
        for low, high in (
            code_limits(signed=table.signed, bits=bits) for bits in (activation_bits, weight_bits)
        )
    ]
    errors = (table.products - exact_table(signed=table.signed))[np.ix_(*patterns)]
    smooth = _averaged(_averaged(errors.astype(np.float64)).T).T
    left, sizes, right = np.linalg.svd(smooth)
    kept = sizes[:MAX_TERMS] > SMALLEST_TERM * max(sizes[0], SMALLEST_TERM)
    roots = np.sqrt(sizes[: len(kept)][kept])
    return (
        _terms(left[:, : len(kept)][:, kept] * roots, patterns[0]),
        _terms(right[: len(kept)][kept].T * roots, patterns[1]),
    )


def _averaged(values: Array) -> Array:
    """Return the moving average over the first axis; the ends count on beyond the edge."""
    reach = len(values) // WINDOW_SHARE
    padded = np.pad(values, ((reach, reach), (0, 0)), mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1, axis=0)
    return windows.mean(axis=-1)


def _terms(values: Array, patterns: Array) -> Terms:
    both = np.zeros((2, 256, values.shape[1]), np.float32)
    both[0, patterns] = values
    both[1, patterns] = np.gradient(values, axis=0)
    return Terms(*both)
