"""The sum of two maps of any shapes, without parameters."""

import math

from evoapproxnas.networks.builder import GraphBuilder, Tensor
from evoapproxnas.networks.kinds._registry import node_kind


@node_kind(arity=2)
def summation(graph: GraphBuilder, a: Tensor, b: Tensor) -> Tensor:
    """Add `a` and `b` at the smaller height, the smaller width and the larger channel count.

    The larger map is max-pooled down and the narrower one gets channels of zeros. The order of
    the inputs does not matter; a map added to itself is doubled.
    """
    # By falling shape, so that swapped inputs give the same operations.
    first, second = sorted((a, b), key=lambda x: x.shape, reverse=True)
    height = min(first.shape[0], second.shape[0])
    width = min(first.shape[1], second.shape[1])
    channels = max(first.channels, second.channels)
    return graph.add(
        _fitted(graph, first, height, width, channels),
        _fitted(graph, second, height, width, channels),
    )


def _fitted(graph: GraphBuilder, x: Tensor, height: int, width: int, channels: int) -> Tensor:
    target = (height, width)
    if x.shape[:2] != target:
        x = _pooled(graph, x, target)
    return x if x.channels == channels else graph.pad_channels(x, channels)


def _pooled(graph: GraphBuilder, x: Tensor, target: tuple[int, int]) -> Tensor:
    """Pool down to exactly `target` (height, width).

    Stride ceil(size / target) with padding "same" does it for every pair of sizes that
    repeated halving produces. For other ratios, windows of size - (target - 1) * stride pixels
    at stride floor(size / target) overlap but cover the map exactly, without padding.
    """
    sizes = list(zip(x.shape[:2], target, strict=True))
    strides = [math.ceil(size / goal) for size, goal in sizes]
    if all(math.ceil(s / stride) == g for (s, g), stride in zip(sizes, strides, strict=True)):
        return graph.max_pool(x, pool=strides, strides=strides, padding="same")
    strides = [size // goal for size, goal in sizes]
    pool = [s - (g - 1) * stride for (s, g), stride in zip(sizes, strides, strict=True)]
    return graph.max_pool(x, pool=pool, strides=strides, padding="valid")
