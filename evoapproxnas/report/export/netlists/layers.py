"""The layer map: what every layer computes, with which multiplier, how wide, in which scheme."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from evoapproxnas.emulation import EmulatedLayer
from evoapproxnas.emulation.operation.accumulator import bits_of, sum_bits
from evoapproxnas.hardware import LayerWork
from evoapproxnas.multipliers import Channels, Multiplier, channels_text
from evoapproxnas.quantization import Quantization

if TYPE_CHECKING:
    from evoapproxnas.emulation.recording import LayerCall

_LONGEST = 100
"""Characters of a layer's path in the names of its files."""
SHAPES = ("input_shape", "output_shape", "kernel", "strides", "dilation", "padding_before")


@dataclass(frozen=True)
class MacWidths:
    """The parameters of a MAC that its operands decide; see verilog/mac.v.

    Attributes:
        activation_bits: width of the activations' codes.
        weight_bits: likewise of weights.
        sign_magnitude: whether products have a sign of their own.
        activation_sums: whether activations are added up, too: for zero points of weights, and
            for control variates.
    """

    activation_bits: int
    weight_bits: int
    sign_magnitude: bool
    activation_sums: bool

    @classmethod
    def of(cls, quantization: Quantization) -> "MacWidths":
        """Return those of a layer, whose scheme is resolved."""
        scheme = quantization.weight_scheme
        sums = scheme == "affine" or quantization.control_variate
        return cls(*quantization.widths, scheme == "sign_magnitude", sums)

    def parameters(self, sums: int) -> dict[str, int]:
        """Return the Verilog parameters, with the width of sums."""
        return {
            "ACTIVATION_BITS": self.activation_bits,
            "WEIGHT_BITS": self.weight_bits,
            "SUM_BITS": sums,
            "SIGN_MAGNITUDE": int(self.sign_magnitude),
            "ACTIVATION_SUMS": int(self.activation_sums),
        }

    @property
    def label(self) -> str:
        """Name in files."""
        scheme = "sign" if self.sign_magnitude else "plain"
        sums = "_sums" if self.activation_sums else ""
        return f"a{self.activation_bits}w{self.weight_bits}_{scheme}{sums}"


@dataclass(frozen=True)
class LayerPart:
    """What one multiplier computes of a layer: all of it, or a group of its output channels.

    Attributes:
        path: of the layer.
        layer: it.
        multiplier: of the part.
        channels: rising; None is all of them.
        calls: its convolutions.
    """

    path: str
    layer: EmulatedLayer
    multiplier: Multiplier
    channels: Channels | None
    calls: "Sequence[LayerCall]"

    @property
    def key(self) -> str:
        """Names it among the parts of all layers."""
        return self.path if self.channels is None else f"{self.path}[{self.channels[0]}]"

    def columns(self, work: LayerWork) -> dict[str, Any]:
        """Return the columns of the map that say what the part computes."""
        columns = work_columns(work)
        if self.channels is None:
            return columns
        count, whole = len(self.channels), work.output_shape[2]
        return columns | {
            "output_shape": [*work.output_shape[:2], count],
            "multiplications": work.multiplications * count // whole,
        }


def parts_of(
    layers: Mapping[str, EmulatedLayer], calls: "Mapping[str, Sequence[LayerCall]]"
) -> list[LayerPart]:
    """Return the parts of layers, in their order.

    Args:
        layers: by path.
        calls: what each computed.
    """
    return [
        LayerPart(path, layer, multiplier, channels,
                  [call for call in calls[path] if call.table.key == multiplier.digest])
        for path, layer in layers.items()
        for multiplier, channels in layer.parts
    ]  # fmt: skip


def needed_bits(calls: "Sequence[LayerCall]", quantization: Quantization) -> int:
    """Return the width of the accumulators of a layer: sums fit, whatever the activations are."""
    codes = np.arange(2**quantization.activation_bits)
    if calls[0].table.signed:
        codes = (codes - len(codes) // 2) & 255
    widest = 2
    for call in calls:
        fed, signs = call.operands.weight_codes, call.operands.weight_signs
        widest = max(widest, sum_bits(fed, signs, call.table.products, codes))
        if MacWidths.of(quantization).activation_sums:
            values = np.where(codes > 127, codes - 256, codes) if call.table.signed else codes
            terms = int(np.prod(fed.shape[:3]))
            widest = max(widest, bits_of(terms * min(int(values.min()), 0), terms * 255))
    return widest


def file_names(paths: Sequence[str]) -> dict[str, str]:
    """Return names of files by path of a layer: legible, and each another."""
    digits = len(str(len(paths)))
    return {
        path: f"{number:0{digits}d}_{re.sub(r'[^A-Za-z0-9_.-]', '_', path)[:_LONGEST]}"
        for number, path in enumerate(paths, 1)
    }


def work_columns(work: LayerWork) -> dict[str, Any]:
    """Return the columns of the map that say what a layer computes."""
    return {
        "layer": work.path,
        "kind": work.kind,
        "input_shape": list(work.input_shape),
        "output_shape": list(work.output_shape),
        "kernel": list(work.kernel),
        "strides": list(work.strides),
        "dilation": list(work.dilation),
        "padding_before": list(work.before),
        "groups": work.groups,
        "multiplications": work.multiplications,
    }


def emulated_columns(part: LayerPart) -> dict[str, Any]:
    """Return the columns of the map that say how a part of an approximate layer multiplies.

    The channels are those of the layer's outputs that the part computes, in the order of its
    parameters; "" is all of them.
    """
    layer, calls = part.layer, part.calls
    quantization, operands = layer.quantization, calls[0].operands
    return {
        "channels": "" if part.channels is None else channels_text(part.channels),
        "multiplier": part.multiplier.name,
        "multiplier_digest": part.multiplier.digest,
        "scheme": quantization.weight_scheme,
        "signed": layer.signed,
        "activation_bits": quantization.activation_bits,
        "weight_bits": quantization.weight_bits,
        "sum_bits": needed_bits(calls, quantization),
        "per_channel": quantization.per_channel,
        "tuned_weights": quantization.tune_weights,
        "error_correction": quantization.error_correction,
        "control_variate": quantization.control_variate,
        "input_scale": float(operands.input_scale),
        "input_zero_point": int(operands.input_zero_point),
    }


FLOAT_COLUMNS: Mapping[str, Any] = {"multiplier": "", "scheme": "float32"}
"""Of a layer that the search left in float, such as the last one."""
