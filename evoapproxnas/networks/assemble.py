"""Ordered groups of draft operations -> `Network`: names, sizes and the head."""

from collections import Counter
from collections.abc import Sequence

from evoapproxnas.networks.builder import INPUT, DraftOp, Group
from evoapproxnas.networks.checked_ops import INPUT_NAME, make_op
from evoapproxnas.networks.network import Network
from evoapproxnas.networks.ops import Op, Shape

HEAD_KIND = "head"


def assemble(
    groups: Sequence[Group], *, input_shape: Shape, classes: int, head_multiplier: str
) -> Network:
    """Name the operations after the number of their group and append the head.

    Args:
        groups: in canonical order, the one that feeds the head last.
        input_shape: (height, width, channels).
        classes: number of logits.
        head_multiplier: name of the multiplier of the head's dense layer.
    """
    shapes: dict[str, Shape] = {INPUT_NAME: input_shape}
    names = {INPUT: INPUT_NAME}
    ops: list[Op] = []
    for node, group in enumerate(groups, start=1):
        for draft, role in zip(group.ops, _roles(group.ops), strict=True):
            reads = [names[x.id] for x in draft.inputs]
            if len(group.ops) == 1 and draft.kind == "add":
                # A plain sum: swapped inputs are the same network.
                reads.sort(key=list(shapes).index)
            name = f"n{node:02d}_{role}"
            names[draft.output.id] = name
            ops.append(
                make_op(
                    name,
                    draft.kind,
                    shapes,
                    draft.attributes,
                    reads=tuple(reads),
                    node=node,
                    node_kind=group.kind,
                )
            )
            shapes[name] = ops[-1].shape
    ops.extend(_head(ops[-1], shapes, classes, head_multiplier))
    return Network(input_shape, classes, tuple(ops))


def _roles(ops: Sequence[DraftOp]) -> list[str]:
    """Number the roles that occur more than once within a node: conv1, bn1, conv2, ..."""
    total = Counter(op.role for op in ops)
    seen: Counter[str] = Counter()
    roles = []
    for op in ops:
        seen[op.role] += 1
        roles.append(f"{op.role}{seen[op.role]}" if total[op.role] > 1 else op.role)
    return roles


def _head(last: Op, shapes: dict[str, Shape], classes: int, multiplier: str) -> list[Op]:
    pool = make_op(
        "head_gap",
        "global_average_pool",
        shapes,
        {},
        reads=(last.name,),
        node=last.node + 1,
        node_kind=HEAD_KIND,
    )
    dense = make_op(
        "head",
        "dense",
        {pool.name: pool.shape},
        {"units": classes, "multiplier": multiplier},
        reads=(pool.name,),
        node=last.node + 1,
        node_kind=HEAD_KIND,
    )
    return [pool, dense]
