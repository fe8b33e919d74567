"""Running a kernel inside TensorFlow: in the graph, or called back from it on NumPy arrays."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from evoapproxnas.emulation.kernels import (
    Geometry,
    Kernel,
    LookupTable,
    Operands,
    choose_kernel,
    leaves_process,
    portable_kernel,
)
from evoapproxnas.emulation.operation.host_memory import array_of, tensor_of


def convolve(
    name: str, x: tf.Tensor, operands: Operands, *, table: LookupTable, geometry: Geometry
) -> tf.Tensor:
    """Return what the kernel of a name, or "auto", makes of real inputs; see `Kernel.convolve`."""
    shape = tuple(operands.weight_codes.shape)
    kernel = _usable_kernel(
        name, x, shape, table, geometry, window_sums=_may_differ_from_0(operands.weight_zero_point)
    )
    if kernel.in_graph:
        y = kernel.convolve(x, operands, table=table, geometry=geometry)
        return tf.ensure_shape(y, output_shape(x, shape, geometry))

    def on_host(x: Any, *arrays: Any) -> Any:
        return kernel.convolve(x, Operands(*arrays), table=table, geometry=geometry)

    if tf.executing_eagerly():
        return tensor_of(on_host(*(array_of(each) for each in (x, *operands))))
    y = tf.numpy_function(on_host, [x, *operands], tf.float32, stateful=False)
    return tf.ensure_shape(y, output_shape(x, shape, geometry))


def convolve_prepared(
    name: str,
    x: tf.Tensor,
    given: Sequence[tf.Tensor],
    prepare: Callable[..., Operands],
    *,
    weight_shape: tuple[int, ...],
    table: LookupTable,
    geometry: Geometry,
    window_sums: bool,
) -> tf.Tensor | None:
    """Return what `convolve` does where a graph calls the kernel back; None where it does not.

    Args:
        name: of the kernel, or "auto".
        x: real inputs.
        given: what operands are made of.
        prepare: makes them of arrays, on the host.
        weight_shape: (kh, kw, channels_in / groups, channels_out).
        table: the products.
        geometry: strides, dilation, padding, groups.
        window_sums: whether weight zero points may differ from 0.
    """
    kernel = _usable_kernel(name, x, weight_shape, table, geometry, window_sums=window_sums)
    if kernel.in_graph:
        return None

    def on_host(x: Any, *arrays: Any) -> Any:
        return kernel.convolve(x, prepare(*arrays), table=table, geometry=geometry)

    y = tf.numpy_function(on_host, [x, *given], tf.float32, stateful=False)
    return tf.ensure_shape(y, output_shape(x, weight_shape, geometry))


def product_sums(
    name: str,
    codes: tf.Tensor,
    weight_codes: tf.Tensor,
    weight_signs: tf.Tensor,
    pad_code: tf.Tensor,
    *,
    table: LookupTable,
    geometry: Geometry,
) -> tf.Tensor:
    """Return the sums of products of codes; see `Kernel.product_sums`."""
    shape = tuple(weight_codes.shape)
    kernel = _usable_kernel(name, codes, shape, table, geometry)
    arguments = [codes, weight_codes, weight_signs, pad_code]
    if kernel.in_graph:
        sums = kernel.product_sums(*arguments, table=table, geometry=geometry)
        return tf.ensure_shape(sums, output_shape(codes, shape, geometry))

    def on_host(*arrays: Any) -> Any:
        return kernel.product_sums(*arrays, table=table, geometry=geometry)

    sums = tf.numpy_function(on_host, arguments, tf.int32, stateful=False)
    return tf.ensure_shape(sums, output_shape(codes, shape, geometry))


def _usable_kernel(
    name: str,
    x: tf.Tensor,
    weight_shape: tuple[int, ...],
    table: LookupTable,
    geometry: Geometry,
    *,
    window_sums: bool = False,
) -> Kernel:
    kernel = choose_kernel(
        name, table=table, weight_shape=weight_shape, geometry=geometry,
        input_shape=tuple(x.shape), window_sums=window_sums,
    )  # fmt: skip
    return kernel if kernel.in_graph or not leaves_process() else portable_kernel(table)


def _may_differ_from_0(zero_points: Any) -> bool:
    """Return whether not all weight zero points are known to be 0."""
    known = zero_points
    if not isinstance(zero_points, np.ndarray):
        known = tf.get_static_value(zero_points)
    return known is None or bool(known.any())


def output_shape(
    x: tf.Tensor, weight_shape: tuple[int, ...], geometry: Geometry
) -> tuple[int | None, ...]:
    """Return what is known of the shape of the outputs for the inputs `x`."""
    rows, columns, _, outputs = weight_shape
    size: tuple[int | None, ...] = (None, None)
    if None not in x.shape[1:3]:
        size = geometry.output_size((x.shape[1], x.shape[2]), (rows, columns))
    return (x.shape[0], *size, outputs)
