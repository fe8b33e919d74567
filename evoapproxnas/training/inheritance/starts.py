"""How new layers start, so that a child begins as its parent.

A new layer passes on what it gets; the last one of a new branch of a sum adds nothing.
"""

from collections.abc import Iterator, Mapping
from enum import Enum

from evoapproxnas.networks import Network, Op
from evoapproxnas.networks.checked_ops import INPUT_NAME

Match = Mapping[str, str | None]


class Start(Enum):
    """What a new layer does at first."""

    IDENTITY = "passes its channels on, as far as it has room for them"
    ZERO = "gives zeros"
    FAINT = "gives little: behind a rectifier, zeros would never learn"
    FRESH = "what its random weights say"


def starts(child: Network, parent: Network, match: Match) -> dict[str, Start]:
    """Say how the layers start that have no counterpart; those not named pass on what they get.

    A sum that the parent does not have is made harmless: the last layer of the operand that is
    new, or of the longer one if both are, starts with zeros, and what is before it in this branch
    with random weights, as usual. A sum is the parent's if it joins the outputs of the same
    layers, new ones in between aside.

    Args:
        child: the network to be started.
        parent: the network whose weights there are.
        match: the parent's layer by the child's.
    """
    old, new = _Graph(parent, None), _Graph(child, match)
    known = {frozenset(old.ends(x) for x in op.inputs) for op in parent.ops if op.kind == "add"}
    found: dict[str, Start] = {}
    for op in child.ops:
        joined = frozenset(new.ends(x) for x in op.inputs)
        if op.kind == "add" and joined not in known and op.inputs[0] != op.inputs[1]:
            found |= _muted(new, op)
    return found


def _muted(graph: "_Graph", add: Op) -> dict[str, Start]:
    """Return the starts of a new branch of a sum, if there is one."""
    branches = []
    for operand, other in (add.inputs, add.inputs[::-1]):
        last, rectified = graph.last_layer(operand)
        if last is not None:
            inner = graph.new_layers(operand) - graph.new_layers(other)
            branches.append((len(inner), last, rectified, inner))
    if not branches:
        return {}
    _, last, rectified, inner = max(branches, key=lambda branch: branch[0])
    start = Start.FAINT if rectified else Start.ZERO
    return {**dict.fromkeys(sorted(inner), Start.FRESH), last: start}


class _Graph:
    """A network to walk through, from outputs to inputs."""

    def __init__(self, network: Network, match: Match | None) -> None:
        """Take the counterparts of layers; None stands for the parent itself."""
        self._ops = {op.name: op for op in network.ops}
        self._readers = [name for op in network.ops for name in op.inputs]
        layers = [op.name for op in network.ops if op.parameters]
        self._match = {name: name for name in layers} if match is None else match

    def ends(self, name: str) -> frozenset[str]:
        """Return the parent's names of the nearest old layers that a map is computed from."""
        walk = (self._ops.get(x) for x in self._walk(name))
        ends = (INPUT_NAME if op is None else self._counterpart(op) for op in walk)
        return frozenset(end for end in ends if end is not None)

    def new_layers(self, name: str) -> set[str]:
        """Return the new layers between a map and the nearest old ones."""
        ops = (self._ops[x] for x in self._walk(name) if x in self._ops)
        return {op.name for op in ops if op.parameters and self._counterpart(op) is None}

    def last_layer(self, name: str) -> tuple[str | None, bool]:
        """Return the new layer that scales a map that has no other reader, if there is one.

        Also whether a rectifier comes behind it, which has no slope at zero.
        """
        rectified = False
        while name in self._ops and self._readers.count(name) == 1:
            op = self._ops[name]
            if op.kind == "activation":
                rectified |= op["function"] in ("relu", "relu6", "prelu")
            elif op.kind in ("conv2d", "depthwise_conv2d", "batch_norm"):
                return (name if self._counterpart(op) is None else None), rectified
            elif len(op.inputs) > 1:
                break
            name = op.inputs[0]
        return None, rectified

    def _counterpart(self, op: Op) -> str | None:
        return self._match.get(op.name) if op.parameters else None

    def _walk(self, name: str) -> Iterator[str]:
        """Yield a map and all that it is computed from, up to the nearest old layers."""
        seen: set[str] = set()
        waiting = [name]
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            yield name
            op = self._ops.get(name)
            if op is not None and self._counterpart(op) is None:
                waiting.extend(op.inputs)
