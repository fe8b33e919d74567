"""The canonical order of a network's nodes: the same wherever in the grid they sat.

Nodes are numbered depth-first from the output, inputs before consumers. Where the order of two
inputs is not part of the computation (a plain sum), they are visited by colour. A node's colour
is a hash refined Weisfeiler-Lehman style: what the node computes from which inputs, then who
reads it, then its inputs again. Colours without multipliers come first, so that networks that
differ in multipliers alone name their layers alike, unless two layers differ in nothing else.
Inputs whose colours still tie are taken as interchangeable.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from evoapproxnas.networks.builder import DraftOp, Group, Tensor

IMAGE = -1
"""Index that stands for the network's input among node indices."""

_ROUNDS = 2

_ALIKE = "exact8"
"""Stands for every multiplier; that of the zoo's networks, so that their layers keep the names by
which models on disk know them."""


@dataclass(frozen=True)
class Wiring:
    """How one group hangs in the graph.

    Attributes:
        sources: indices of the groups it reads, without repetition, in order of first use.
        signature: its operations with references by position only.
        structure: likewise, all multipliers alike.
        symmetric: whether the order of its sources is no part of what it computes.
    """

    sources: tuple[int, ...]
    signature: str
    structure: str
    symmetric: bool


def wire(groups: Sequence[Group]) -> tuple[Wiring, ...]:
    """Describe every group by what it computes, from which other groups."""
    group_of = {op.output.id: index for index, group in enumerate(groups) for op in group.ops}
    return tuple(_wire_one(index, group.ops, group_of) for index, group in enumerate(groups))


def _wire_one(index: int, ops: Sequence[DraftOp], group_of: dict[int, int]) -> Wiring:
    inside = {op.output.id: position for position, op in enumerate(ops)}
    sources: list[int] = []

    def reference(tensor: Tensor) -> str:
        source = group_of.get(tensor.id, IMAGE)
        if source == index:
            return f"op{inside[tensor.id]}"
        if source not in sources:
            sources.append(source)
        return f"in{sources.index(source)}"

    signature = [
        (op.kind, sorted(op.attributes.items()), [reference(x) for x in op.inputs]) for op in ops
    ]
    structure = [
        (kind, [(n, _ALIKE if n == "multiplier" else v) for n, v in attributes], reads)
        for kind, attributes, reads in signature
    ]
    symmetric = [op.kind for op in ops] == ["add"]
    return Wiring(tuple(sources), repr(signature), repr(structure), symmetric)


def canonical_order(wiring: Sequence[Wiring], last: int) -> list[int]:
    """Return the groups that group `last` depends on, and itself, in canonical order.

    Args:
        wiring: one entry per group, sources before consumers.
        last: the group whose output is the network's.
    """
    structures = _colours(wiring, [wires.structure for wires in wiring])
    signatures = _colours(wiring, [wires.signature for wires in wiring])
    number: dict[int, int] = {}
    seen: set[int] = set()
    stack = [(last, False)]
    while stack:
        index, inputs_done = stack.pop()
        if inputs_done:
            number[index] = len(number)
        elif index not in seen and index != IMAGE:
            seen.add(index)
            stack.append((index, True))
            sources = wiring[index].sources
            if wiring[index].symmetric:
                rank = {
                    s: (structures[s], signatures[s], number.get(s, len(wiring))) for s in sources
                }
                sources = tuple(sorted(sources, key=rank.__getitem__))
            stack.extend((source, False) for source in reversed(sources))
    return list(number)


def _colours(wiring: Sequence[Wiring], labels: Sequence[str]) -> dict[int, str]:
    """Hash every group's place in the graph; equal for groups that cannot be told apart."""
    colour = _from_inputs(wiring, dict(enumerate(labels)))
    for _ in range(_ROUNDS):
        colour = _from_inputs(wiring, _from_readers(wiring, colour))
    return colour


def _from_inputs(wiring: Sequence[Wiring], label: dict[int, str]) -> dict[int, str]:
    colour = {IMAGE: ""}
    for index, wires in enumerate(wiring):
        inputs = [colour[source] for source in wires.sources]
        colour[index] = _digest(label[index], sorted(inputs) if wires.symmetric else inputs)
    return colour


def _from_readers(wiring: Sequence[Wiring], label: dict[int, str]) -> dict[int, str]:
    readers: dict[int, list[str]] = {index: [] for index in label}
    colour: dict[int, str] = {}
    for index in range(len(wiring) - 1, -1, -1):
        colour[index] = _digest(label[index], sorted(readers[index]))
        for position, source in enumerate(wiring[index].sources):
            place = "" if wiring[index].symmetric else str(position)
            readers[source].append(place + colour[index])
    return colour


def _digest(label: str, context: Sequence[str]) -> str:
    return hashlib.blake2b("|".join([label, *context]).encode(), digest_size=12).hexdigest()
