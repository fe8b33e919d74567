"""The work of a `Network`, without TensorFlow."""

import math
from functools import lru_cache

from evoapproxnas.errors import ConfigError
from evoapproxnas.hardware.workload import LayerWork, Workload, same_padding
from evoapproxnas.networks import PRIMITIVES, Network, Op


@lru_cache(maxsize=256)
def network_workload(network: Network) -> Workload:
    """Describe the layers of a network that multiply, the head included.

    Args:
        network: with its assignment or without; multipliers do not count.

    Raises:
        ConfigError: for an operation that multiplies and is of no known kind.
    """
    shapes: dict[str, tuple[int, ...]] = {op.name: op.shape for op in network.ops}
    return Workload(
        tuple(
            _operation_work(op, shapes.get(op.inputs[0], network.input_shape))
            for op in network.ops
            if "multiplier" in PRIMITIVES[op.kind].attributes
        )
    )


def _operation_work(op: Op, inputs: tuple[int, ...]) -> LayerWork:
    if op.kind == "dense":
        return LayerWork(
            path=op.name,
            kind="dense",
            input_shape=(1, 1, math.prod(inputs)),
            output_shape=(1, 1, op.shape[0]),
        )
    if op.kind not in ("conv2d", "depthwise_conv2d"):
        raise ConfigError(
            f"operation {op.name!r} of kind {op.kind!r} multiplies, but its work is not "
            "described; add the kind to evoapproxnas.hardware.network_layers"
        )
    attributes = dict(op.attributes)
    kernel, stride = int(op["kernel"]), int(op["stride"])
    rows, columns, channels = inputs
    before = [same_padding(n, o, kernel, stride, 1) for n, o in zip(inputs, op.shape, strict=True)]
    depthwise = op.kind == "depthwise_conv2d"
    return LayerWork(
        path=op.name,
        kind="depthwise_conv2d" if depthwise else "conv2d",
        input_shape=(rows, columns, channels),
        output_shape=(op.shape[0], op.shape[1], op.shape[2]),
        kernel=(kernel, kernel),
        strides=(stride, stride),
        before=(before[0], before[1]),
        groups=channels if depthwise else int(attributes.get("groups", 1)),  # type: ignore[arg-type]
    )
