"""The key of what a network trains: its canonical form without multipliers."""

import hashlib
import json
from collections.abc import Sequence
from itertools import groupby

from evoapproxnas.networks.builder import INPUT, DraftOp, Group, Tensor
from evoapproxnas.networks.canonical import canonical_order, wire
from evoapproxnas.networks.ops import Op, Shape


def architecture_key(input_shape: Shape, classes: int, ops: Sequence[Op]) -> str:
    """SHA-256 in hex of a network whose layers have no multipliers.

    The order of a network's operations may depend on its multipliers (of the two inputs of a
    sum, for example), so they are put in canonical order anew.

    Args:
        input_shape: (height, width, channels) of the image.
        classes: number of logits.
        ops: of the network, in topological order; the last ones are the head.
    """
    groups = _groups(ops)
    wiring = wire(groups)
    order = canonical_order(wiring, last=len(groups) - 1)
    number = {group: place for place, group in enumerate(order)}
    form = []
    for group in order:
        sources = [number.get(source, INPUT) for source in wiring[group].sources]
        symmetric = wiring[group].symmetric
        form.append([wiring[group].signature, sorted(sources) if symmetric else sources])
    text = json.dumps([list(input_shape), classes, form])
    return hashlib.sha256(text.encode()).hexdigest()


def _groups(ops: Sequence[Op]) -> list[Group]:
    """Turn finished operations into those of a draft, grouped by node."""
    tensors = {op.name: Tensor(index, op.shape) for index, op in enumerate(ops)}
    outside = Tensor(INPUT, ())
    return [
        Group(kind, [_draft(op, tensors, outside) for op in members])
        for (_, kind), members in groupby(ops, key=lambda op: (op.node, op.node_kind))
    ]


def _draft(op: Op, tensors: dict[str, Tensor], outside: Tensor) -> DraftOp:
    inputs = tuple(tensors.get(name, outside) for name in op.inputs)
    attributes = {name: value for name, value in op.attributes if name != "multiplier"}
    return DraftOp(op.kind, inputs, tensors[op.name], attributes, role="")
