"""A network written down node by node -> a genotype: where a search starts from a known design."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from evoapproxnas import cgp
from evoapproxnas.cgp import Genotype
from evoapproxnas.errors import ConfigError, unknown_name
from evoapproxnas.networks.decode import BoundKind
from evoapproxnas.networks.space import SearchSpace

IMAGE = -1
"""As an input of a `Node`: the image."""


@dataclass(frozen=True)
class Node:
    """One node of a design.

    Attributes:
        kind: name of a node kind of the search space.
        inputs: positions of earlier nodes in the design, or `IMAGE`.
        values: parameter values by name; what is left out takes its first choice.
    """

    kind: str
    inputs: tuple[int, ...] = (IMAGE,)
    values: Mapping[str, Any] = field(default_factory=dict)


def encode(space: SearchSpace, nodes: Sequence[Node], rng: np.random.Generator) -> Genotype:
    """Return a design placed in the grid; its last node is the output, inactive genes are random.

    Each node goes to the first column behind its inputs that has a free row, or to a later one
    where the levels-back asks for it.

    Args:
        space: whose grid it is.
        nodes: the design.
        rng: draws inactive genes.

    Raises:
        UnknownNameError: a node kind or parameter that the search space does not have.
        ConfigError: a value that is not among the choices, a wrong number of inputs, or a
            design that does not fit the grid.
    """
    return cgp.express(space.grid, _program(space, nodes), rng)


def adopt(space: SearchSpace, nodes: Sequence[Node], rng: np.random.Generator) -> Genotype:
    """Return a design placed in the grid as `encode` does, if the space allows its network.

    Args:
        space: that it becomes part of.
        nodes: the design.
        rng: draws inactive genes.

    Raises:
        UnknownNameError: see `encode`.
        ConfigError: see `encode`.
        NetworkRejected: the network breaks a limit of the space, which the message names.
    """
    genotype = encode(space, nodes, rng)
    space.decode(genotype)
    return genotype


def design_of(space: SearchSpace, genotype: Genotype) -> tuple[Node, ...]:
    """Read a genotype back as a design, which any space may adopt that has its kinds and values.

    Args:
        space: that the genotype belongs to.
        genotype: what it expresses, a network outside of the limits, too.

    Raises:
        ConfigError: the genotype belongs to another grid.
    """
    space.check(genotype)
    return tuple(
        Node(
            space.kinds[node.function].kind.name,
            tuple(source - space.grid.inputs for source in node.inputs),
            space.kinds[node.function].values(node.parameters),
        )
        for node in cgp.phenotype(genotype).nodes
    )


def _program(space: SearchSpace, nodes: Sequence[Node]) -> cgp.Phenotype:
    """Translate a design, all nodes of it, even those that its last node does not need."""
    names = [bound.kind.name for bound in space.kinds]
    program = []
    for position, node in enumerate(nodes):
        if node.kind not in names:
            raise unknown_name("node kind of the search space", node.kind, names)
        function = names.index(node.kind)
        bound = space.kinds[function]
        _check_inputs(bound, node, position)
        inputs = tuple(source + space.grid.inputs for source in node.inputs)
        program.append(cgp.ActiveNode(function, inputs, tuple(_genes(bound, node))))
    return cgp.Phenotype(space.grid.inputs, tuple(program), (len(nodes),))


def _check_inputs(bound: BoundKind, node: Node, position: int) -> None:
    arity = bound.kind.arity
    if len(node.inputs) != arity or any(not IMAGE <= i < position for i in node.inputs):
        raise ConfigError(
            f"design, node {position} ({node.kind}): expected {arity} inputs among "
            f"{IMAGE}..{position - 1}, got {node.inputs}"
        )


def _genes(bound: BoundKind, node: Node) -> list[int]:
    for name in node.values:
        if name not in bound.choices:
            raise unknown_name(f"parameter of {node.kind!r}", name, bound.choices)
    return [_gene(node, name, values) for name, values in bound.choices.items()]


def _gene(node: Node, name: str, values: Sequence[Any]) -> int:
    value = node.values.get(name, values[0])
    if value not in values:
        raise ConfigError(f"{node.kind}.{name}: expected one of {values}, got {value!r}")
    return values.index(value)
