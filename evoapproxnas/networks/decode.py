"""Genotype -> `Network`: trace, expand, check the limits, put into canonical form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from evoapproxnas.cgp import Genotype, Phenotype, active_nodes, phenotype
from evoapproxnas.errors import NetworkRejected
from evoapproxnas.networks.assemble import assemble
from evoapproxnas.networks.builder import DraftOp, GraphBuilder, Group, Tensor
from evoapproxnas.networks.canonical import IMAGE, Wiring, canonical_order, wire
from evoapproxnas.networks.kinds import NodeKind
from evoapproxnas.networks.network import Network
from evoapproxnas.networks.ops import Shape


@dataclass(frozen=True)
class BoundKind:
    """A node kind with the values that a search space allows, in the order of the genes."""

    kind: NodeKind
    choices: Mapping[str, Sequence[Any]]

    def values(self, genes: Sequence[int]) -> dict[str, Any]:
        """Look up the value of every parameter gene."""
        pairs = zip(self.choices.items(), genes, strict=True)
        return {name: values[gene] for (name, values), gene in pairs}


@dataclass(frozen=True)
class Limits:
    """What a network may be; see `SpaceConfig`.

    Attributes:
        min_depth: fewest active nodes from input to output.
        max_depth: most of them.
        min_macs: fewest multiply-accumulate operations for one image.
        max_macs: most of them.
        max_parameters: most weights.
        min_spatial: smallest height and width of a map, pixels.
    """

    min_depth: int
    max_depth: int
    min_macs: int
    max_macs: int
    max_parameters: int
    min_spatial: int


def decode(
    genotype: Genotype,
    *,
    kinds: Sequence[BoundKind],
    limits: Limits,
    input_shape: Shape,
    classes: int,
    head_multiplier: str,
) -> tuple[Network, tuple[int, ...]]:
    """Build the network that a genotype expresses.

    Repaired: a stride or pooling that would make a map smaller than `limits.min_spatial`
    keeps the size; a node that then does nothing disappears.

    Returns:
        The network, and for each of its nodes, in their order, the index of the grid's node.

    Raises:
        NetworkRejected: a limit is broken, or no convolution is left to approximate.
    """
    program = phenotype(genotype)
    groups, tensors = expand(
        program, kinds=kinds, input_shape=input_shape, min_spatial=limits.min_spatial
    )
    output = tensors[program.outputs[0]]
    group_of = {op.output.id: index for index, group in enumerate(groups) for op in group.ops}
    last = group_of.get(output.id, IMAGE)
    depths = _depths(wire(groups))
    depth = depths[last]
    _check_depth(depth, limits)
    groups = [_settled(group, depths[i], depth) for i, group in enumerate(groups)]
    order = canonical_order(wire(groups), last)
    network = assemble(
        [groups[i] for i in order],
        input_shape=input_shape,
        classes=classes,
        head_multiplier=head_multiplier,
    )
    _check_size(network, limits)
    active = active_nodes(genotype).tolist()
    return network, tuple(active[i] for i in order)


def expand(
    program: Phenotype, *, kinds: Sequence[BoundKind], input_shape: Shape, min_spatial: int
) -> tuple[list[Group], list[Tensor]]:
    """Return the operations of every node, and the maps: the image, then the nodes' outputs."""
    graph = GraphBuilder(input_shape, min_spatial=min_spatial)
    tensors = [graph.input]
    for node in program.nodes:
        bound = kinds[node.function]
        graph.start_node(bound.kind.name)
        inputs = [tensors[source] for source in node.inputs]
        tensors.append(bound.kind.expand(graph, *inputs, **bound.values(node.parameters)))
    return graph.groups, tensors


def _depths(wiring: Sequence[Wiring]) -> dict[int, int]:
    depths = {IMAGE: 0}
    for index, wires in enumerate(wiring):
        depths[index] = 1 + max(depths[source] for source in wires.sources or (IMAGE,))
    return depths


def _check_depth(depth: int, limits: Limits) -> None:
    if depth < limits.min_depth:
        raise NetworkRejected(f"depth {depth} is below space.min_depth {limits.min_depth}")
    if depth > limits.max_depth:
        raise NetworkRejected(f"depth {depth} is above space.max_depth {limits.max_depth}")


def _check_size(network: Network, limits: Limits) -> None:
    if len(network.approx_layers) < 2:
        raise NetworkRejected("no convolution to approximate")
    if network.macs < limits.min_macs:
        raise NetworkRejected(f"{network.macs} MACs are below space.min_macs {limits.min_macs}")
    if network.macs > limits.max_macs:
        raise NetworkRejected(f"{network.macs} MACs are above space.max_macs {limits.max_macs}")
    if network.parameters > limits.max_parameters:
        raise NetworkRejected(
            f"{network.parameters} parameters are above "
            f"space.max_parameters {limits.max_parameters}"
        )


def _settled(group: Group, depth: int, last_depth: int) -> Group:
    """Set the dropout rates: linear from `low` in the first node to `high` in the last."""
    if all(op.kind != "dropout" for op in group.ops):
        return group
    position = min((depth - 1) / max(last_depth - 1, 1), 1.0)
    return Group(group.kind, [_with_rate(op, position) for op in group.ops])


def _with_rate(op: DraftOp, position: float) -> DraftOp:
    if op.kind != "dropout":
        return op
    low, high = op.attributes["low"], op.attributes["high"]
    return replace(op, attributes={"rate": round(low + (high - low) * position, 6)})
