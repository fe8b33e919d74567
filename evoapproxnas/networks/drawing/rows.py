"""A network as the rows of a drawing: what follows an operation at once shares its row.

Batch norm, activations and the like change what one operation gives and are read by nobody else,
so they are written beside it. What is left are a handful of rows for each node.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from evoapproxnas.networks.ops import PRIMITIVES, Op, Shape

_LABELS = {
    "conv2d": "conv",
    "depthwise_conv2d": "depthwise",
    "max_pool": "max pool",
    "average_pool": "average pool",
    "global_average_pool": "global average",
    "batch_norm": "bn",
    "pad_channels": "pad",
    "crop_channels": "crop",
    "shuffle_channels": "shuffle",
    "concat": "concatenate",
}
_FOLLOWERS = frozenset(
    ("batch_norm", "activation", "dropout", "pad_channels", "crop_channels", "shuffle_channels")
)
IMAGE = "input"
"""What operations call the image."""


class Drawable(Protocol):
    """What drawings need of a `Network`, whose module stands above this one."""

    @property
    def input_shape(self) -> Shape:
        """(height, width, channels) of the image."""

    @property
    def ops(self) -> tuple[Op, ...]:
        """The operations, in topological order."""

    @property
    def macs(self) -> int:
        """Multiply-accumulate operations for one image."""

    @property
    def assignment(self) -> Mapping[str, str]:
        """Multiplier name by layer name."""


@dataclass(frozen=True)
class DrawnRow:
    """One row of a drawing.

    Attributes:
        name: of its first operation; of the layer that multiplies, where there is one.
        title: what it does, such as "conv 3x3".
        details: what else is said of it, such as "relu".
        shape: of what it gives, without the batch axis.
        reads: numbers of the rows that it reads; -1 is the image.
        node: number of the node that it belongs to.
        node_kind: of that node.
        multiplications: of one inference, padding included; None where nothing is multiplied.
    """

    name: str
    title: str
    details: str
    shape: tuple[int, ...]
    reads: tuple[int, ...]
    node: int
    node_kind: str
    multiplications: int | None


def network_rows(network: Drawable) -> list[DrawnRow]:
    """Return the rows of a network, in topological order.

    Args:
        network: a `Network`.
    """
    readers = Counter(name for op in network.ops for name in op.inputs)
    groups: list[list[Op]] = []
    group_of: dict[str, int] = {}
    for op in network.ops:
        before = group_of.get(op.inputs[0], -1)
        joins = before >= 0 and _follows(op, groups[before], readers)
        if joins:
            groups[before].append(op)
        else:
            groups.append([op])
        group_of[op.name] = before if joins else len(groups) - 1
    return [_row(group, group_of) for group in groups]


def _follows(op: Op, group: Sequence[Op], readers: Mapping[str, int]) -> bool:
    """Whether an operation goes on with what a group gives, which nobody else reads."""
    last = group[-1].name
    return op.kind in _FOLLOWERS and op.inputs == (last,) and readers[last] == 1


def _row(group: Sequence[Op], group_of: Mapping[str, int]) -> DrawnRow:
    first, *rest = group
    layer = "multiplier" in PRIMITIVES[first.kind].attributes
    return DrawnRow(
        name=first.name,
        title=_title(first),
        details=", ".join(filter(None, [_details(first), *map(_word, rest)])),
        shape=group[-1].shape,
        reads=tuple(group_of.get(name, -1) for name in first.inputs),
        node=first.node,
        node_kind=first.node_kind,
        multiplications=first.macs if layer else None,
    )


def _title(op: Op) -> str:
    attributes = dict(op.attributes)
    label = _LABELS.get(op.kind, op.kind)
    if "kernel" in attributes:
        kernel = attributes["kernel"]
        return f"{label} {kernel}×{kernel}"
    if "pool" in attributes:
        return f"{label} {'×'.join(map(str, op['pool']))}"
    return _word(op)


def _details(op: Op) -> str:
    attributes = dict(op.attributes)
    parts = []
    if attributes.get("stride", 1) != 1:
        parts.append(f"stride {attributes['stride']}")
    if attributes.get("groups", 1) != 1 and op.kind == "conv2d":
        parts.append(f"{attributes['groups']} groups")
    return ", ".join(parts)


def _word(op: Op) -> str:
    """Say what an operation does that stands beside another one."""
    attributes = dict(op.attributes)
    if op.kind == "activation":
        return str(attributes["function"])
    if op.kind == "dropout":
        return f"dropout {attributes['rate']:g}"
    if op.kind == "pad_channels":
        return f"+{attributes['added']} channels"
    return _LABELS.get(op.kind, op.kind)
