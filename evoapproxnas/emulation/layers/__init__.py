"""Keras layers whose products come from a multiplier's table.

To add one: subclass `EmulatedLayer` and the Keras layer, in one file, with the four methods that
say how it is a 2-D convolution; register it with Keras and name it in `convert.REPLACEMENTS`.
"""

from evoapproxnas.emulation.layers.base import EmulatedLayer
from evoapproxnas.emulation.layers.conv2d import ApproxConv2D
from evoapproxnas.emulation.layers.dense import ApproxDense
from evoapproxnas.emulation.layers.depthwise_conv2d import ApproxDepthwiseConv2D

__all__ = ["ApproxConv2D", "ApproxDense", "ApproxDepthwiseConv2D", "EmulatedLayer"]
