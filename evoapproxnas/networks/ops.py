"""The primitive operations a network is made of: shape, parameters and MACs of each.

Everything downstream (Keras, energy, drawings) knows these primitives and no node kind.
Maps are (height, width, channels); convolutions pad "same", so a stride s gives ceil(size / s).
MACs count the padding's positions too: hardware feeds them through the multiplier (DESIGN 3).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from evoapproxnas.errors import ConfigError

Shape = tuple[int, ...]
Value = int | float | str | tuple[int, ...]
Attributes = Mapping[str, Any]

ACTIVATIONS = ("linear", "relu", "relu6", "elu", "leakyrelu", "prelu")


@dataclass(frozen=True)
class Op:
    """One primitive operation of a network.

    Attributes:
        name: name of the Keras layer, unique in the network, such as "n03_conv".
        kind: key of `PRIMITIVES`.
        inputs: names of the operations it reads; "input" is the image.
        shape: output shape without the batch axis.
        attributes: sorted (name, value) pairs; `op["kernel"]` looks one up.
        node: number of the node it belongs to, from 1; the head comes last.
        node_kind: what was expanded into it, such as "basic_residual"; "head" for the head.
        parameters: weights, those that are not trained (batch norm statistics) included.
        macs: multiply-accumulate operations for one image; convolutions and dense only.
    """

    name: str
    kind: str
    inputs: tuple[str, ...]
    shape: Shape
    attributes: tuple[tuple[str, Value], ...]
    node: int
    node_kind: str
    parameters: int
    macs: int

    def __getitem__(self, attribute: str) -> Any:
        """Return an attribute's value; raises `KeyError` where there is none."""
        return dict(self.attributes)[attribute]

    def with_value(self, attribute: str, value: Value) -> "Op":
        """Return the operation with another value of an attribute that decides no size.

        Args:
            attribute: its name.
            value: the new one.
        """
        return replace(
            self, attributes=tuple(sorted({**dict(self.attributes), attribute: value}.items()))
        )


@dataclass(frozen=True)
class Primitive:
    """The rules of one kind of operation.

    Attributes:
        label: short form used in operation names.
        arity: number of inputs.
        attributes: names of its attributes.
        shape: (input shapes, attributes) -> output shape.
        parameters: (input shapes, attributes) -> number of weights.
        macs: (input shapes, output shape, attributes) -> multiply-accumulate operations.
        joins: whether its inputs may differ in channels.
    """

    label: str
    arity: int
    attributes: frozenset[str]
    shape: Callable[[tuple[Shape, ...], Attributes], Shape]
    parameters: Callable[[tuple[Shape, ...], Attributes], int] = lambda inputs, a: 0
    macs: Callable[[tuple[Shape, ...], Shape, Attributes], int] = lambda inputs, output, a: 0
    joins: bool = field(default=False, kw_only=True)


def _same(inputs: tuple[Shape, ...], a: Attributes) -> Shape:
    return inputs[0]


def _conv_shape(inputs: tuple[Shape, ...], a: Attributes) -> Shape:
    height, width, channels = inputs[0]
    stride = a["stride"]
    return (math.ceil(height / stride), math.ceil(width / stride), a.get("channels", channels))


def _pool_shape(inputs: tuple[Shape, ...], a: Attributes) -> Shape:
    height, width, channels = inputs[0]
    sizes = zip((height, width), a["pool"], a["strides"], strict=True)
    if a["padding"] == "same":
        height, width = (math.ceil(size / stride) for size, _, stride in sizes)
    else:
        height, width = ((size - pool) // stride + 1 for size, pool, stride in sizes)
    return (height, width, channels)


def _cropped_shape(inputs: tuple[Shape, ...], a: Attributes) -> Shape:
    height, width, channels = inputs[0]
    return (height, width, channels - a["before"] - a["after"])


def _joined_shape(inputs: tuple[Shape, ...], a: Attributes) -> Shape:
    return (*inputs[0][:2], sum(shape[2] for shape in inputs))


def _shuffled_shape(inputs: tuple[Shape, ...], a: Attributes) -> Shape:
    if inputs[0][2] % a["groups"]:
        raise ConfigError(
            f"shuffled channels: expected groups that divide {inputs[0][2]} channels, "
            f"got {a['groups']}"
        )
    return inputs[0]


def _conv_parameters(inputs: tuple[Shape, ...], a: Attributes) -> int:
    return int(a["kernel"] ** 2 * inputs[0][2] * a["channels"] + a["bias"] * a["channels"])


def _depthwise_parameters(inputs: tuple[Shape, ...], a: Attributes) -> int:
    return int((a["kernel"] ** 2 + a["bias"]) * inputs[0][2])


def _activation_parameters(inputs: tuple[Shape, ...], a: Attributes) -> int:
    return inputs[0][2] if a["function"] == "prelu" else 0


def _conv_macs(inputs: tuple[Shape, ...], output: Shape, a: Attributes) -> int:
    return int(math.prod(output) * a["kernel"] ** 2 * inputs[0][2])


def _depthwise_macs(inputs: tuple[Shape, ...], output: Shape, a: Attributes) -> int:
    return int(math.prod(output) * a["kernel"] ** 2)


def _primitive(label: str, arity: int, attributes: str, *rules: Callable[..., Any]) -> Primitive:
    return Primitive(label, arity, frozenset(attributes.split()), *rules)


PRIMITIVES: Mapping[str, Primitive] = {
    "conv2d": _primitive(
        "conv",
        1,
        "kernel channels stride bias multiplier",
        _conv_shape,
        _conv_parameters,
        _conv_macs,
    ),
    "depthwise_conv2d": _primitive(
        "dwconv",
        1,
        "kernel stride bias multiplier",
        _conv_shape,
        _depthwise_parameters,
        _depthwise_macs,
    ),
    "batch_norm": _primitive("bn", 1, "", _same, lambda inputs, a: 4 * inputs[0][2]),
    "activation": _primitive("act", 1, "function", _same, _activation_parameters),
    "add": _primitive("add", 2, "", _same),
    "max_pool": _primitive("pool", 1, "pool strides padding", _pool_shape),
    "average_pool": _primitive("pool", 1, "pool strides padding", _pool_shape),
    "concat": replace(_primitive("concat", 2, "", _joined_shape), joins=True),
    "crop_channels": _primitive("crop", 1, "before after", _cropped_shape),
    "shuffle_channels": _primitive("shuffle", 1, "groups", _shuffled_shape),
    "dropout": _primitive("drop", 1, "rate", _same),
    "pad_channels": _primitive(
        "pad", 1, "added", lambda inputs, a: (*inputs[0][:2], inputs[0][2] + a["added"])
    ),
    "global_average_pool": _primitive("gap", 1, "", lambda inputs, a: (inputs[0][2],)),
    "dense": _primitive(
        "dense",
        1,
        "units multiplier",
        lambda inputs, a: (a["units"],),
        lambda inputs, a: (inputs[0][0] + 1) * a["units"],
        lambda inputs, output, a: inputs[0][0] * a["units"],
    ),
}
