"""From the operations of a network to ONNX nodes, whose maps are (channels, rows, columns)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

from evoapproxnas.emulation.kernels import Operands
from evoapproxnas.networks.ops import Op

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Coded:
    """A layer that multiplies codes.

    Attributes:
        operands: its codes, scales and zero points, of the exact multiplier.
        signed: whether codes are two's complement.
    """

    operands: Operands
    signed: bool

    @property
    def weights(self) -> tuple[Array, Array]:
        """Centred codes, int16 (kh, kw, channels_in / groups, channels_out), and their scales."""
        codes = self.operands.weight_codes.astype(np.int16)
        if self.signed:
            codes = np.where(codes > 127, codes - 256, codes).astype(np.int16)
        centred = self.operands.weight_signs * codes - self.operands.weight_zero_point
        scales = self.operands.scale / self.operands.input_scale
        return centred.astype(np.int16), scales.astype(np.float32)


@dataclass
class Draft:
    """The nodes and constants of a graph that is being written."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, name: str, value: Array) -> str:
        """Add a constant and return its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def add(self, kind: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        """Add a node and return the name of its output."""
        self.nodes.append(
            helper.make_node(kind, list(inputs), [output], name=output, **attributes)
        )
        return output

    def quantized(self, x: str, name: str, layer: Coded) -> str:
        """Add the codes of an input, and the real values that they stand for."""
        kind = np.int8 if layer.signed else np.uint8
        scale = self.constant(f"{name}/input_scale", np.asarray(layer.operands.input_scale))
        zero = self.constant(
            f"{name}/input_zero_point", np.asarray(layer.operands.input_zero_point).astype(kind)
        )
        codes = self.add("QuantizeLinear", (x, scale, zero), f"{name}/codes")
        return self.add("DequantizeLinear", (codes, scale, zero), f"{name}/values")

    def weights(self, name: str, codes: Array, scales: Array, *, axis: int) -> str:
        """Add weights as codes with a scale for each output channel."""
        inputs = (
            self.constant(f"{name}/weight_codes", codes),
            self.constant(f"{name}/weight_scales", scales),
        )
        return self.add("DequantizeLinear", inputs, f"{name}/weights", axis=axis)


Write = Callable[[Draft, Op, Sequence[str], Any], str]
"""Adds the nodes of an operation, given its inputs' names and what its layer holds."""


def _convolution(draft: Draft, op: Op, inputs: Sequence[str], layer: Coded) -> str:
    codes, scales = layer.weights
    depthwise = op.kind == "depthwise_conv2d"
    weights = draft.weights(op.name, codes.transpose(3, 2, 0, 1), scales, axis=0)
    values = draft.quantized(inputs[0], op.name, layer)
    bias = draft.constant(f"{op.name}/bias", layer.operands.bias)
    return draft.add(
        "Conv",
        (values, weights, bias),
        op.name,
        kernel_shape=[op["kernel"]] * 2,
        strides=[op["stride"]] * 2,
        group=op.shape[2] if depthwise else 1,
        auto_pad="SAME_UPPER",
    )


def _dense(draft: Draft, op: Op, inputs: Sequence[str], layer: Coded) -> str:
    codes, scales = layer.weights
    weights = draft.weights(op.name, codes[0, 0], scales, axis=1)
    values = draft.quantized(inputs[0], op.name, layer)
    products = draft.add("MatMul", (values, weights), f"{op.name}/products")
    bias = draft.constant(f"{op.name}/bias", layer.operands.bias)
    return draft.add("Add", (products, bias), op.name)


def _batch_norm(
    draft: Draft, op: Op, inputs: Sequence[str], layer: keras.layers.BatchNormalization | None
) -> str:
    if layer is None:  # folded into the convolution before it
        return draft.add("Identity", inputs, op.name)
    parts = zip(("gamma", "beta", "mean", "variance"), layer.get_weights(), strict=True)
    constants = [draft.constant(f"{op.name}/{name}", value) for name, value in parts]
    return draft.add(
        "BatchNormalization", (*inputs, *constants), op.name, epsilon=float(layer.epsilon)
    )


def _activation(draft: Draft, op: Op, inputs: Sequence[str], layer: Any) -> str:
    function = op["function"]
    if function == "prelu":
        (slopes,) = layer.get_weights()
        slope = draft.constant(f"{op.name}/slope", np.asarray(slopes).reshape(-1, 1, 1))
        return draft.add("PRelu", (*inputs, slope), op.name)
    if function == "relu6":
        limits = [draft.constant(f"{op.name}/{x}", np.array(x, np.float32)) for x in (0, 6)]
        return draft.add("Clip", (*inputs, *limits), op.name)
    if function == "leakyrelu":
        return draft.add("LeakyRelu", inputs, op.name, alpha=float(layer.negative_slope))
    return draft.add({"relu": "Relu", "elu": "Elu"}[function], inputs, op.name)


def _pool(draft: Draft, op: Op, inputs: Sequence[str], layer: Any) -> str:
    padding = {"same": "SAME_UPPER", "valid": "VALID"}[op["padding"]]
    kind = {"max_pool": "MaxPool", "average_pool": "AveragePool"}[op.kind]
    sizes = {"kernel_shape": list(op["pool"]), "strides": list(op["strides"])}
    return draft.add(kind, inputs, op.name, auto_pad=padding, **sizes)


def _crop(draft: Draft, op: Op, inputs: Sequence[str], layer: Any) -> str:
    bounds = {"starts": op["before"], "ends": op["before"] + op.shape[2], "axes": 1}
    names = [
        draft.constant(f"{op.name}/{name}", np.array([value], np.int64))
        for name, value in bounds.items()
    ]
    return draft.add("Slice", (*inputs, *names), op.name)


def _shuffle(draft: Draft, op: Op, inputs: Sequence[str], layer: Any) -> str:
    rows, columns, channels = op.shape
    groups = op["groups"]
    apart = np.array([0, groups, channels // groups, rows, columns], np.int64)
    together = np.array([0, channels, rows, columns], np.int64)
    shapes = [
        draft.constant(f"{op.name}/{name}", shape)
        for name, shape in (("apart", apart), ("together", together))
    ]
    x = draft.add("Reshape", (*inputs, shapes[0]), f"{op.name}/groups")
    x = draft.add("Transpose", (x,), f"{op.name}/turned", perm=[0, 2, 1, 3, 4])
    return draft.add("Reshape", (x, shapes[1]), op.name)


def _pad(draft: Draft, op: Op, inputs: Sequence[str], layer: Any) -> str:
    pads = np.array([0, 0, 0, 0, 0, op["added"], 0, 0], np.int64)
    return draft.add("Pad", (*inputs, draft.constant(f"{op.name}/pads", pads)), op.name)


def _global_average(draft: Draft, op: Op, inputs: Sequence[str], layer: Any) -> str:
    mean = draft.add("GlobalAveragePool", inputs, f"{op.name}/map")
    return draft.add("Flatten", (mean,), op.name)


WRITERS: Mapping[str, Write] = {
    "conv2d": _convolution,
    "depthwise_conv2d": _convolution,
    "dense": _dense,
    "batch_norm": _batch_norm,
    "activation": _activation,
    "add": lambda draft, op, inputs, layer: draft.add("Add", inputs, op.name),
    "max_pool": _pool,
    "average_pool": _pool,
    "concat": lambda draft, op, inputs, layer: draft.add("Concat", inputs, op.name, axis=1),
    "crop_channels": _crop,
    "shuffle_channels": _shuffle,
    "dropout": lambda draft, op, inputs, layer: draft.add("Identity", inputs, op.name),
    "pad_channels": _pad,
    "global_average_pool": _global_average,
}
"""By kind of operation; every one of `networks.PRIMITIVES` is here."""
