"""Exact sums through ordinary float32 convolutions: CPU, GPU, XLA and SavedModel.

A table that is a short sum of products (`multipliers.factorize`) needs no look-ups: each input
channel becomes one channel for each term, and a plain convolution over all of them is the sum of
approximate products. Factors fit bfloat16 and partial sums stay below 2^24 times the power of two
that divides all terms, where float32 (and any unit that accumulates in it) counts exactly; longer
sums are split and added as integers.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf

from evoapproxnas.emulation.kernels.graph import (
    GraphKernel,
    output_size,
    shared_constant,
    with_last,
)
from evoapproxnas.emulation.kernels.protocol import Geometry, LookupTable
from evoapproxnas.emulation.kernels.terms import has_few_terms
from evoapproxnas.errors import QuantizationError
from evoapproxnas.multipliers import Factorization, factorize

EXACT_FLOATS = 2**24
LARGEST_SUM = 2**30
"""What a sum that float32 counts exactly may be at most to be cast to int32."""
MOST_PARTS = 32
"""Sums of more parts are computed in float64, in one: slower, but so would be the parts."""


class FactorizedKernel(GraphKernel):
    """See the module's docstring."""

    name = "factorized"

    def terms(self, table: LookupTable) -> int | None:
        """See `Kernel.terms`."""
        if not has_few_terms(table):
            return None
        try:
            return factors_of(table).terms
        except QuantizationError:  # float32 could not add up its terms
            return None

    def _weights(
        self, codes: tf.Tensor, signs: tf.Tensor, table: LookupTable, geometry: Geometry
    ) -> tf.Tensor:
        """Return float32 (kh, kw, channels_in / groups, terms, channels_out)."""
        factors = _lookups(table).weight.at(codes)
        factors *= tf.cast(signs, tf.float32)[..., None]
        return tf.transpose(factors, (0, 1, 2, 4, 3))

    def _sums(
        self,
        padded: tf.Tensor,
        weights: tf.Tensor,
        weight_shape: tf.TensorShape,
        table: LookupTable,
        geometry: Geometry,
    ) -> tf.Tensor:
        """See `GraphKernel._sums`."""
        factors = factors_of(table)
        if not factors.terms:
            height, width = output_size(padded, weight_shape, geometry)
            return tf.zeros((tf.shape(padded)[0], height, width, weight_shape[3]), tf.int32)
        features = _lookups(table).activation
        budget = _largest_exact(factors) // factors.largest_partial_sum
        if _is_depthwise(weight_shape, geometry) and weight_shape[0] * weight_shape[1] <= budget:
            return _depthwise(features.at(padded), weights, geometry)
        channels, per_group = weight_shape[2], weight_shape[3] // geometry.groups
        return tf.concat(
            [
                _group_sums(
                    padded[..., group * channels : (group + 1) * channels],
                    weights[..., group * per_group : (group + 1) * per_group],
                    features, budget, geometry,
                )
                for group in range(geometry.groups)
            ],
            axis=3,
        )  # fmt: skip

    def _values_per_image(
        self, x: tf.Tensor, weight_shape: tf.TensorShape, table: LookupTable, geometry: Geometry
    ) -> Any:
        """See `GraphKernel._values_per_image`."""
        terms = factors_of(table).terms + 1
        outputs = terms if _is_depthwise(weight_shape, geometry) else 2
        lookups = super()._values_per_image(x, weight_shape, table, geometry)
        area = lookups // (x.shape[3] + weight_shape[3])
        return area * (x.shape[3] * terms + weight_shape[3] * outputs)


@lru_cache(maxsize=64)
def factors_of(table: LookupTable) -> Factorization:
    """Factorize a table into factors that bfloat16 holds exactly.

    Raises:
        QuantizationError: if the terms of a single product could leave float32's integers.
    """
    factors = factorize(table.products)
    most = _largest_exact(factors)
    if factors.largest_partial_sum > most:
        raise QuantizationError(
            f"the factors of this table sum to {factors.largest_partial_sum}, beyond {most} where "
            "float32 is exact; use kernel='auto'"
        )
    return factors


def _largest_exact(factors: Factorization) -> int:
    """Return how large sums of the terms may be: they are multiples of a power of two."""
    divisor = factors.common_divisor
    return min(EXACT_FLOATS * max(divisor & -divisor, 1), LARGEST_SUM)


class _Lookup(NamedTuple):
    """The factors of one operand's codes.

    Attributes:
        values: float32 (256, terms).
        mask: m where the only factor is code & m: computed four times faster than looked up.
    """

    values: tf.Tensor
    mask: int | None

    def at(self, codes: tf.Tensor) -> tf.Tensor:
        """Return the factors of each code along a new last axis, float32."""
        if self.mask is not None:
            return tf.cast(tf.cast(codes, tf.int32) & self.mask, tf.float32)[..., None]
        return tf.gather(self.values, tf.cast(codes, tf.int32))


class _Lookups(NamedTuple):
    activation: _Lookup
    weight: _Lookup


@lru_cache(maxsize=64)
def _lookups(table: LookupTable) -> _Lookups:
    factors = factors_of(table)
    return _Lookups(*(
        _Lookup(shared_constant(each.T.astype(np.float32)), _as_mask(each))
        for each in (factors.activation, factors.weight)
    ))  # fmt: skip


def _as_mask(factors: Any) -> int | None:
    """Return m if there is a single factor, code & m: the exact product or a truncated one."""
    codes = np.arange(256)
    if len(factors) != 1:
        return None
    mask = int(np.bitwise_or.reduce(factors[0]))
    return mask if np.array_equal(factors[0], codes & mask) else None


def _is_depthwise(weight_shape: tf.TensorShape, geometry: Geometry) -> bool:
    """Say whether TensorFlow's depthwise convolution can do it: it wants equal strides."""
    return weight_shape[2] == 1 and geometry.strides[0] == geometry.strides[1]


def _depthwise(features: tf.Tensor, weights: tf.Tensor, geometry: Geometry) -> tf.Tensor:
    """Sum products where each channel is alone; features has the terms last."""
    rows, columns, _, terms, outputs = weights.shape
    channels, multiple = geometry.groups, outputs // geometry.groups
    by_channel = tf.reshape(weights, (rows, columns, terms, channels, multiple))
    filters = tf.transpose(by_channel, (0, 1, 3, 2, 4))
    sums = tf.nn.depthwise_conv2d(
        with_last(features, channels * terms),
        tf.reshape(filters, (rows, columns, channels * terms, multiple)),
        (1, *geometry.strides, 1), "VALID", dilations=geometry.dilation,
    )  # fmt: skip
    apart = with_last(sums, channels, terms, multiple)
    return with_last(tf.reduce_sum(tf.cast(apart, tf.int32), axis=4), outputs)


def _group_sums(
    padded: tf.Tensor, weights: tf.Tensor, lookup: _Lookup, budget: int, geometry: Geometry
) -> tf.Tensor:
    """Sum the products of one group, in parts of at most `budget` products."""
    size = output_size(padded, weights.shape, geometry)
    window = tuple(weights.shape[:3])
    places, dtype = list(_parts(window, budget)), tf.float32
    if len(places) > MOST_PARTS:
        places, dtype = [tuple(slice(0, n) for n in window)], tf.float64
    parts = []
    for rows, columns, channels in places:
        (first_row, last_row), (first_column, last_column) = (
            _reach(taken, outputs, step, spacing)
            for taken, outputs, step, spacing in zip(
                (rows, columns), size, geometry.strides, geometry.dilation, strict=True
            )
        )
        seen = padded
        if len(places) > 1:
            seen = padded[:, first_row:last_row, first_column:last_column, channels]
        features = lookup.at(seen)
        filters = weights[rows, columns, channels]
        height, width, _, _, outputs = filters.shape
        terms = filters.shape[2] * filters.shape[3]
        sums = tf.nn.conv2d(
            tf.cast(with_last(features, terms), dtype),
            tf.cast(tf.reshape(filters, (height, width, terms, outputs)), dtype),
            geometry.strides, "VALID", dilations=geometry.dilation,
        )  # fmt: skip
        parts.append(tf.cast(sums, tf.int32))
    return tf.add_n(parts)


def _reach(taken: slice, outputs: Any, step: int, spacing: int) -> tuple[int, Any]:
    """Return the first pixel along an axis that some taps meet, and the one after the last."""
    first = taken.start * spacing
    return first, first + (outputs - 1) * step + (taken.stop - taken.start - 1) * spacing + 1


def _parts(window: tuple[int, int, int], budget: int) -> Iterator[tuple[slice, ...]]:
    """Cut a window of kernel rows x columns x channels into parts of at most `budget` products.

    Parts are of about the same size: convolutions of few channels take as long as those of more.
    """
    rows, columns, channels = window
    column_step = _even_step(columns, budget)
    row_step = _even_step(rows, budget // column_step)
    channel_step = _even_step(channels, budget // (row_step * column_step))
    steps = (row_step, column_step, channel_step)
    starts = (range(0, size, step) for size, step in zip(window, steps, strict=True))
    for corner in product(*starts):
        yield tuple(
            slice(start, min(start + step, size))
            for start, step, size in zip(corner, steps, window, strict=True)
        )


def _even_step(size: int, most: int) -> int:
    """Return the size of parts, as few as there can be of at most `most`, that differ least."""
    return -(-size // -(-size // most))
