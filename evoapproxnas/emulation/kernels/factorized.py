"""Exact sums through ordinary float32 convolutions: CPU, GPU, XLA and SavedModel.

A table that is a short sum of products (`multipliers.factorize`) needs no look-ups: each input
channel becomes one channel for each term, and a plain convolution over all of them is the sum of
approximate products. Factors fit bfloat16 and partial sums stay below 2^24, where float32 (and
any unit that accumulates in it) counts exactly; longer sums are split and added as integers.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import tensorflow as tf

from evoapproxnas.emulation.kernels.graph import GraphKernel, output_size
from evoapproxnas.emulation.kernels.protocol import Geometry, LookupTable
from evoapproxnas.errors import QuantizationError
from evoapproxnas.multipliers import Factorization, factorize

EXACT_FLOATS = 2**24


class FactorizedKernel(GraphKernel):
    """See the module's docstring."""

    name = "factorized"

    def _weights(
        self, codes: tf.Tensor, signs: tf.Tensor, table: LookupTable, geometry: Geometry
    ) -> tf.Tensor:
        """Return float32 (kh, kw, channels_in / groups, terms, channels_out)."""
        factors = _gather(factors_of(table).weight, codes)
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
        budget = EXACT_FLOATS // factors.largest_partial_sum
        if _is_depthwise(weight_shape, geometry) and weight_shape[0] * weight_shape[1] <= budget:
            return _depthwise(_gather(factors.activation, padded), weights, geometry)
        channels, per_group = weight_shape[2], weight_shape[3] // geometry.groups
        return tf.concat(
            [
                _group_sums(
                    padded[..., group * channels : (group + 1) * channels],
                    weights[..., group * per_group : (group + 1) * per_group],
                    factors.activation, budget, geometry,
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
    if factors.largest_partial_sum > EXACT_FLOATS:
        raise QuantizationError(
            f"the factors of this table sum to {factors.largest_partial_sum}, beyond 2^24 where "
            "float32 is exact; use kernel='auto'"
        )
    return factors


def _gather(factors: Any, codes: tf.Tensor) -> tf.Tensor:
    """Return the factors of each code along a new last axis, float32."""
    mask = _as_mask(factors)
    if mask is not None:  # computed four times faster than looked up
        return tf.cast(tf.cast(codes, tf.int32) & mask, tf.float32)[..., None]
    return tf.gather(tf.constant(factors.T.astype(np.float32)), tf.cast(codes, tf.int32))


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
        tf.reshape(features, tf.concat([tf.shape(features)[:3], [channels * terms]], axis=0)),
        tf.reshape(filters, (rows, columns, channels * terms, multiple)),
        (1, *geometry.strides, 1), "VALID", dilations=geometry.dilation,
    )  # fmt: skip
    apart = tf.concat([tf.shape(sums)[:3], [channels, terms, multiple]], axis=0)
    total = tf.reduce_sum(tf.cast(tf.reshape(sums, apart), tf.int32), axis=4)
    return tf.reshape(total, tf.concat([tf.shape(sums)[:3], [outputs]], axis=0))


def _group_sums(
    padded: tf.Tensor, weights: tf.Tensor, activation: Any, budget: int, geometry: Geometry
) -> tf.Tensor:
    """Sum the products of one group, in parts of at most `budget` products."""
    rows, columns, channels, terms, outputs = weights.shape
    height, _ = output_size(padded, weights.shape, geometry)
    step, spacing = geometry.strides[0], geometry.dilation[0]
    parts = []
    for taken, used in _parts(rows, columns, channels, budget):
        first, count = taken.start * spacing, taken.stop - taken.start
        seen = padded[:, first : first + (height - 1) * step + (count - 1) * spacing + 1, :, used]
        features = _gather(activation, seen)
        width = (used.stop - used.start) * terms
        shape = tf.concat([tf.shape(seen)[:3], [width]], axis=0)
        sums = tf.nn.conv2d(
            tf.reshape(features, shape),
            tf.reshape(weights[taken, :, used], (count, columns, width, outputs)),
            geometry.strides, "VALID", dilations=geometry.dilation,
        )  # fmt: skip
        parts.append(tf.cast(sums, tf.int32))
    return tf.add_n(parts)


def _parts(rows: int, columns: int, channels: int, budget: int) -> Iterator[tuple[slice, slice]]:
    """Cut a window into kernel rows x channels of at most `budget` products.

    Raises:
        QuantizationError: if a single row of the kernel is too long.
    """
    if columns > budget:
        raise QuantizationError(
            f"a kernel of {columns} columns is too wide for float32 sums of this table, which "
            f"allow {budget}; use kernel='auto'"
        )
    row_step = min(rows, budget // columns)
    channel_step = min(channels, budget // (row_step * columns))
    for row in range(0, rows, row_step):
        for channel in range(0, channels, channel_step):
            yield (
                slice(row, min(row + row_step, rows)),
                slice(channel, min(channel + channel_step, channels)),
            )
