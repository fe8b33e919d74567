"""Look-ups with TensorFlow operations only: runs where TensorFlow runs, and can be exported.

For one kernel tap and one input channel, the products of all output channels are one row of a
small table, so `tf.gather` fetches them together and memory stays at the size of the output.
"""

from functools import lru_cache

import tensorflow as tf

from evoapproxnas.emulation.kernels.graph import GraphKernel, output_size, shared_constant
from evoapproxnas.emulation.kernels.protocol import Geometry, LookupTable


class TensorFlowKernel(GraphKernel):
    """Sums by gathering rows, in a loop over taps and channels."""

    name = "tensorflow"

    def _weights(
        self, codes: tf.Tensor, signs: tf.Tensor, table: LookupTable, geometry: Geometry
    ) -> tf.Tensor:
        """Return signed products, int32 (terms of a group, groups * 256, outputs of a group)."""
        per_group = codes.shape[3] // geometry.groups
        products = tf.gather(_by_weight(table), tf.cast(codes, tf.int32))
        products *= tf.cast(signs, tf.int32)[..., None]
        products = tf.reshape(products, (-1, geometry.groups, per_group, 256))
        products = tf.transpose(products, (0, 1, 3, 2))
        return tf.reshape(products, (-1, geometry.groups * 256, per_group))

    def _sums(
        self,
        padded: tf.Tensor,
        weights: tf.Tensor,
        weight_shape: tf.TensorShape,
        table: LookupTable,
        geometry: Geometry,
    ) -> tf.Tensor:
        """See `GraphKernel._sums`."""
        kernel_rows, kernel_columns, channels, outputs = weight_shape
        (sy, sx), (dy, dx) = geometry.strides, geometry.dilation
        height, width = output_size(padded, weight_shape, geometry)
        group_rows = tf.range(geometry.groups) * 256
        terms = kernel_rows * kernel_columns * channels

        def add_term(k: tf.Tensor, sums: tf.Tensor) -> tuple[tf.Tensor, ...]:
            y, x = k // channels // kernel_columns, k // channels % kernel_columns
            window = padded[:, y * dy :, x * dx :, k % channels :: channels]
            window = window[:, : height * sy : sy, : width * sx : sx]
            products = tf.gather(weights[k], window + group_rows)
            return k + 1, sums + tf.reshape(products, tf.shape(sums))

        start = tf.zeros((tf.shape(padded)[0], height, width, outputs), tf.int32)
        return tf.while_loop(
            lambda k, _: k < terms,
            add_term,
            (0, start),
            shape_invariants=(tf.TensorShape(()), tf.TensorShape((None, None, None, outputs))),
            parallel_iterations=1,
        )[1]


@lru_cache(maxsize=64)
def _by_weight(table: LookupTable) -> tf.Tensor:
    """Return the products, int32 (weight code, activation code)."""
    return shared_constant(table.products.T.copy())
