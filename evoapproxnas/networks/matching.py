"""Which layers of a network kept their meaning in another one: for the inheritance of weights.

Both graphs are aligned from the output to the input, as sequences are: nodes of one kind are
matched, others are passed over, and the alignment of the highest score counts. Equal nodes that
are left over, in branches that were moved, come last. Nothing but the two networks is needed, so
any network can inherit from any other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, permutations

from evoapproxnas.networks.network import Network
from evoapproxnas.networks.ops import Op, Shape

_SIDE_BRANCH = 0.1
"""Weight of the lower-scored of two branches: both contain what they share, which counts once."""


_WITHOUT_LAYERS = 0.1
"""Weight of a pair of nodes that have weights, but none to give to each other."""


@dataclass(frozen=True)
class _Block:
    """The operations of a node, by role, and where it hangs.

    Attributes:
        kind: of the node.
        ops: by role, the part of their name behind the node's number.
        inputs: places of the nodes it reads; 0 is the image.
        reads: shapes of these.
        label: what it computes, without multipliers.
    """

    kind: str
    ops: dict[str, Op]
    inputs: tuple[int, ...]
    reads: tuple[Shape, ...]
    label: tuple[object, ...]

    @property
    def shape(self) -> Shape:
        """Of its output."""
        return list(self.ops.values())[-1].shape

    @property
    def weighted(self) -> list[str]:
        """Roles of the operations that have something to inherit."""
        return [role for role, op in self.ops.items() if op.parameters]


def match_layers(parent: Network, child: Network) -> dict[str, str | None]:
    """Find the parent's layer that each layer of the child corresponds to.

    A matched pair has one kind and one role in nodes of one kind; multipliers do not matter.
    Channels and kernels may differ: which correspond is for inheritance to say. A batch norm is
    matched where it normalizes what it did, a PReLU likewise.

    Args:
        parent: whose weights there are.
        child: any network.

    Returns:
        For every layer of the child with weights, in its order, the name of a layer of the
        parent, or None; none is given twice.
    """
    parents, children = _blocks(parent), _blocks(child)
    pairs = _with_equal(parents, children, _aligned(parents, children))
    matches: dict[str, str | None] = {}
    for place, block in enumerate(children, start=1):
        counterpart = parents[pairs[place] - 1] if place in pairs else None
        for role, op in block.ops.items():
            if op.parameters:
                matches[op.name] = _match(role, block, counterpart) if counterpart else None
    return matches


def _blocks(network: Network) -> list[_Block]:
    shapes: dict[str, Shape] = {op.name: op.shape for op in network.ops}
    place_of: dict[str, int] = {}
    blocks: list[_Block] = []
    for place, (_, members) in enumerate(groupby(network.ops, lambda op: op.node), start=1):
        ops = list(members)
        own = {op.name for op in ops}
        outside = _outside(ops)
        blocks.append(
            _Block(
                kind=ops[0].node_kind,
                ops={_role(op): op for op in ops},
                inputs=tuple(place_of.get(name, 0) for name in outside),
                reads=tuple(shapes.get(name, network.input_shape) for name in outside),
                label=tuple((_role(op), op.kind, *_values(op)) for op in ops),
            )
        )
        place_of |= dict.fromkeys(own, place)
    return blocks


def _outside(ops: Sequence[Op]) -> list[str]:
    """Return what a node reads, in the order in which its last operation needs it."""
    own = {op.name: op for op in ops}
    found: dict[str, None] = {}
    waiting = [ops[-1].name]
    while waiting:
        name = waiting.pop()
        if name in own:
            waiting.extend(reversed(own[name].inputs))
        else:
            found[name] = None
    return list(found)


def _role(op: Op) -> str:
    return op.name.partition("_")[2] or op.name


def _values(op: Op) -> list[object]:
    return [pair for pair in op.attributes if pair[0] != "multiplier"]


def _similarity(a: _Block, b: _Block) -> float:
    """Score a pair of nodes: 0 if they are not to be matched."""
    if a.kind != b.kind:
        return 0.0
    alike = 1.0 + 2.0 * (a.label == b.label) + (a.reads == b.reads) + (a.shape == b.shape)
    if not b.weighted:
        return alike
    matches = [_match(role, b, a) is not None for role in b.weighted]
    return alike * (_WITHOUT_LAYERS + 2.0 * sum(matches) / len(matches))


class _Scores:
    """The best alignment of everything up to two nodes, for every pair of nodes."""

    def __init__(self, parents: Sequence[_Block], children: Sequence[_Block]) -> None:
        self._parents, self._children = parents, children
        self._best = [[0.0] * (len(children) + 1) for _ in range(len(parents) + 1)]
        for p in range(1, len(parents) + 1):
            for c in range(1, len(children) + 1):
                self._best[p][c] = self.step(p, c)[0]

    def step(self, p: int, c: int) -> tuple[float, bool, list[tuple[int, int]]]:
        """Return the score at a pair, whether it is matched, and the pairs to go on with."""
        a, b = self._parents[p - 1], self._children[c - 1]
        options = [(self._best[q][c], False, [(q, c)]) for q in a.inputs]
        options += [(self._best[p][d], False, [(p, d)]) for d in b.inputs]
        similarity = _similarity(a, b)
        if similarity:
            score, inputs = self._inputs(a, b)
            options.append((similarity + score, True, inputs))
        return max(options, key=lambda option: (option[0], option[1]))

    def _inputs(self, a: _Block, b: _Block) -> tuple[float, list[tuple[int, int]]]:
        """Pair the inputs of two nodes; those of a sum in either order."""
        orders = permutations(b.inputs) if a.kind == "summation" else (b.inputs,)
        options = []
        for order in orders:
            pairs = list(zip(a.inputs, order, strict=False))
            pairs.sort(key=lambda pair: self._best[pair[0]][pair[1]], reverse=True)
            first, *others = (self._best[p][c] for p, c in pairs)
            options.append((first + _SIDE_BRANCH * sum(others), pairs))
        return max(options, key=lambda option: option[0])


def _aligned(parents: Sequence[_Block], children: Sequence[_Block]) -> dict[int, int]:
    """Return the places of the parent's nodes by those of the child's, both from 1."""
    scores = _Scores(parents, children)
    pairs: dict[int, int] = {}
    used: set[int] = set()
    waiting, seen = [(len(parents), len(children))], set()
    while waiting:
        p, c = waiting.pop()
        if not p or not c or (p, c) in seen:
            continue
        seen.add((p, c))
        _, matched, rest = scores.step(p, c)
        if matched and c not in pairs and p not in used:
            pairs[c] = p
            used.add(p)
        waiting.extend(reversed(rest))
    return pairs


def _with_equal(
    parents: Sequence[_Block], children: Sequence[_Block], pairs: Mapping[int, int]
) -> dict[int, int]:
    """Add pairs of what is left over on both sides and computes the same."""
    found = dict(pairs)
    left = [p for p in range(1, len(parents) + 1) if p not in set(pairs.values())]
    for c, block in enumerate(children, start=1):
        equal = [p for p in left if parents[p - 1].label == block.label]
        equal = [p for p in equal if parents[p - 1].kind == block.kind]
        if c not in found and equal:
            found[c] = max(equal, key=lambda p: _similarity(parents[p - 1], block))
            left.remove(found[c])
    return found


def _match(role: str, block: _Block, counterpart: _Block) -> str | None:
    """Return the name of the operation of `counterpart` that can give its weights."""
    op, other = block.ops[role], counterpart.ops.get(role)
    if other is None or other.kind != op.kind or not other.parameters:
        return None
    if op.kind in ("conv2d", "depthwise_conv2d"):
        return other.name
    if op.kind == "dense":
        fits = op["units"] == other["units"]
    else:
        fits = _reads(op, block) == _reads(other, counterpart)
    return other.name if fits else None


def _reads(op: Op, block: _Block) -> list[str]:
    """Return the roles of what an operation reads within its node."""
    roles = {member.name: role for role, member in block.ops.items()}
    return [roles.get(name, "") for name in op.inputs]
