"""`Network`: a convolutional network as plain data, between genes and Keras."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from evoapproxnas.errors import ConfigError, unknown_name
from evoapproxnas.files import decode
from evoapproxnas.html import card, scrolled
from evoapproxnas.networks.architecture import architecture_key
from evoapproxnas.networks.checked_ops import OpRecord, Side, read_ops
from evoapproxnas.networks.ops import PRIMITIVES, Op, Shape, Value
from evoapproxnas.networks.summary import operation_table

_FORMAT = 1


@dataclass(frozen=True)
class _Record:
    """What `Network.to_dict` writes."""

    format: int
    input_shape: tuple[Side, Side, Side]
    classes: Side
    ops: tuple[OpRecord, ...]


@dataclass(frozen=True)
class ApproxLayer:
    """A layer that multiplies with an 8-bit multiplier.

    Attributes:
        name: name of the operation and of the Keras layer.
        multiplier: name of the multiplier.
        multiplications: for one image.
    """

    name: str
    multiplier: str
    multiplications: int


@dataclass(frozen=True)
class Network:
    """Primitive operations in topological order; the last two are the head.

    Attributes:
        input_shape: (height, width, channels) of the image.
        classes: number of logits.
        ops: the operations; equal networks list equal operations.
    """

    input_shape: Shape
    classes: int
    ops: tuple[Op, ...]

    @cached_property
    def macs(self) -> int:
        """Multiply-accumulate operations for one image: convolutions and dense layers."""
        return sum(op.macs for op in self.ops)

    @cached_property
    def parameters(self) -> int:
        """Weights, batch norm statistics included: what `keras.Model.count_params` says."""
        return sum(op.parameters for op in self.ops)

    @property
    def depth(self) -> int:
        """Nodes on the longest path from the image to the head, which is not counted."""
        return max(self.node_depths.values()) - 1

    @cached_property
    def node_depths(self) -> Mapping[int, int]:
        """By number of the node, how many there are on the longest path from the image to it."""
        node_of = {op.name: op.node for op in self.ops}
        depths: dict[int, int] = {}
        for op in self.ops:
            before = [depths[node_of[x]] for x in op.inputs if node_of.get(x, op.node) != op.node]
            depths[op.node] = max(depths.get(op.node, 1), 1 + max(before, default=0))
        return depths

    @cached_property
    def key(self) -> str:
        """SHA-256 of the canonical form, in hex; equal for genotypes of the same network."""
        form = self.to_dict()
        for op in form["ops"]:
            del op["node_kind"]
        return hashlib.sha256(json.dumps(form, sort_keys=True).encode()).hexdigest()

    @cached_property
    def architecture_key(self) -> str:
        """Likewise without multipliers: equal for networks that train alike."""
        return architecture_key(self.input_shape, self.classes, self.ops)

    @cached_property
    def approx_layers(self) -> tuple[ApproxLayer, ...]:
        """Layers that multiply, the head included, in topological order."""
        return tuple(
            ApproxLayer(op.name, op["multiplier"], op.macs)
            for op in self.ops
            if "multiplier" in PRIMITIVES[op.kind].attributes
        )

    @property
    def assignment(self) -> dict[str, str]:
        """Multiplier name by layer name."""
        return {layer.name: layer.multiplier for layer in self.approx_layers}

    def with_assignment(self, multipliers: Mapping[str, str]) -> "Network":
        """Return the same network with other multipliers, layer by layer.

        Its layers keep their names, so that weights and measurements of a layer stay its own.
        The `architecture_key` stays, too; the `key` is that of these multipliers, whether they
        come from genes or from here. Only of layers that differ in nothing but their multipliers
        may genes name the one that comes first differently.

        Args:
            multipliers: name by layer name; layers that are not named keep theirs.

        Raises:
            UnknownNameError: for a name that is no layer's that multiplies.
        """
        known = self.assignment
        for name in multipliers:
            if name not in known:
                raise unknown_name("layer that multiplies", name, known)
        ops = [
            op.with_value("multiplier", multipliers[op.name]) if op.name in multipliers else op
            for op in self.ops
        ]
        return replace(self, ops=tuple(ops))

    def summary(self) -> str:
        """Return the totals and a table of the operations, as text."""
        return f"{self._totals()}\n\n{operation_table(self.ops)}"

    def _totals(self) -> str:
        return (
            f"input {'x'.join(map(str, self.input_shape))}, {self.classes} classes, "
            f"depth {self.depth}, {self.macs:,} MACs, {self.parameters:,} parameters, "
            f"{len(self.approx_layers) - 1} approximate convolutions"
        )

    def _repr_html_(self) -> str:
        """Show totals and drawing in a notebook; the bluer a layer, the more a product takes."""
        # The library takes as long to load as the rest of a run's table, which does without.
        from evoapproxnas.networks.drawing import draw_network, relative_energies

        drawing = draw_network(self, relative_energies(self.assignment.values()), styled=False)
        return card("Network", scrolled(drawing), note=self._totals())

    def to_dict(self) -> dict[str, Any]:
        """Return a JSON-ready description; `from_dict` reads it."""
        return {
            "format": _FORMAT,
            "input_shape": list(self.input_shape),
            "classes": self.classes,
            "ops": [
                {
                    "name": op.name,
                    "kind": op.kind,
                    "inputs": list(op.inputs),
                    "shape": list(op.shape),
                    "attributes": {name: _plain(value) for name, value in op.attributes},
                    "node": op.node,
                    "node_kind": op.node_kind,
                }
                for op in self.ops
            ],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Network":
        """Rebuild a network from `to_dict`, checking every operation.

        Args:
            data: as `to_dict` returned it.

        Raises:
            ConfigError: the format is newer, a field is missing or of the wrong type, or an
                operation reads what is not defined before it or has another shape.
            UnknownNameError: an operation of an unknown kind.
        """
        record = decode(_Record, data, where="network", error=ConfigError)
        if record.format != _FORMAT:
            raise ConfigError(
                f"network: expected format {_FORMAT}, got {record.format}; "
                f"a newer version of evoapproxnas may have written it"
            )
        ops = read_ops(record.ops, record.input_shape)
        if not ops or ops[-1].kind != "dense" or ops[-1].shape != (record.classes,):
            raise ConfigError(
                f"network: expected a dense operation of {record.classes} units, one for each "
                f"class, at the end, got {ops[-1].kind if ops else 'no operation'}"
            )
        return cls(record.input_shape, record.classes, ops)


def _plain(value: Value) -> Any:
    return list(value) if isinstance(value, tuple) else value
