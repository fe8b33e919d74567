"""Two maps of any sizes, brought to one: for the kinds that join them."""

import math

from evoapproxnas.networks.builder import GraphBuilder, Tensor


def fitted(graph: GraphBuilder, x: Tensor, height: int, width: int) -> Tensor:
    """Return `x`, max-pooled down to exactly (height, width) where it is larger.

    Stride ceil(size / target) with padding "same" does it for every pair of sizes that
    repeated halving produces. For other ratios, windows of size - (target - 1) * stride pixels
    at stride floor(size / target) overlap but cover the map exactly, without padding.
    """
    if x.shape[:2] == (height, width):
        return x
    sizes = list(zip(x.shape[:2], (height, width), strict=True))
    strides = [math.ceil(size / goal) for size, goal in sizes]
    if all(math.ceil(s / stride) == g for (s, g), stride in zip(sizes, strides, strict=True)):
        return graph.max_pool(x, pool=strides, strides=strides, padding="same")
    strides = [size // goal for size, goal in sizes]
    pool = [s - (g - 1) * stride for (s, g), stride in zip(sizes, strides, strict=True)]
    return graph.max_pool(x, pool=pool, strides=strides, padding="valid")
