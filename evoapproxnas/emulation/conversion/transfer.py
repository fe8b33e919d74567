"""The weights of a layer's copy: the original's, with a batch normalization folded in."""

from typing import Any

import keras

from evoapproxnas.emulation.conversion.folding import Weights, fold
from evoapproxnas.emulation.layers import ApproxSeparableConv2D, EmulatedLayer


def transfer(original: Any, copy: Any, norm: keras.layers.BatchNormalization | None) -> None:
    """Give `copy` the weights of `original`.

    Args:
        original: a built layer.
        copy: the same layer, or its approximate counterpart; built.
        norm: to be folded into an approximate counterpart.
    """
    if isinstance(copy, ApproxSeparableConv2D):
        copy.depthwise_kernel.assign(original.depthwise_kernel)
        _assign(copy.pointwise, original.pointwise_kernel, original.bias, norm)
    elif isinstance(copy, EmulatedLayer):
        _assign(copy, original.kernel, original.bias, norm)
    else:
        copy.set_weights(original.get_weights())
        if isinstance(copy, keras.layers.Normalization):
            copy.finalize_state()  # its mean and variance are derived from the weights


def _assign(
    layer: Any, kernel: Any, bias: Any, norm: keras.layers.BatchNormalization | None
) -> None:
    to_numpy = keras.ops.convert_to_numpy
    weights = Weights(to_numpy(kernel), None if bias is None else to_numpy(bias))
    if norm is not None:
        weights = fold(weights, norm, output_axes=layer.output_axes)
    layer.kernel.assign(weights.kernel)
    if weights.bias is not None:
        layer.bias.assign(weights.bias)
