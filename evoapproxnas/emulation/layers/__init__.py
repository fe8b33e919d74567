"""Keras layers whose products come from a multiplier's table.

To add one: subclass `EmulatedLayer` and the Keras layer, in one file, with the few methods that
say how it is a 2-D convolution; register it with Keras and name it in `counterparts.EXACT_KINDS`
and `keras_names.LAYERS`.
"""

from evoapproxnas.emulation.layers.base import EmulatedLayer
from evoapproxnas.emulation.layers.conv1d import ApproxConv1D
from evoapproxnas.emulation.layers.conv2d import ApproxConv2D
from evoapproxnas.emulation.layers.conv2d_transpose import ApproxConv2DTranspose
from evoapproxnas.emulation.layers.dense import ApproxDense
from evoapproxnas.emulation.layers.depthwise_conv2d import ApproxDepthwiseConv2D
from evoapproxnas.emulation.layers.separable_conv2d import ApproxSeparableConv2D

__all__ = [
    "ApproxConv1D",
    "ApproxConv2D",
    "ApproxConv2DTranspose",
    "ApproxDense",
    "ApproxDepthwiseConv2D",
    "ApproxSeparableConv2D",
    "EmulatedLayer",
]
