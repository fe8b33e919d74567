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
    """Place a design in the grid; its last node is the output, inactive genes are random.

    Each node goes to the first column behind its inputs that has a free row.

    Raises:
        UnknownNameError: a node kind or parameter that the search space does not have.
        ConfigError: a value that is not among the choices, a wrong number of inputs, or a
            design that does not fit the grid.
    """
    genes = cgp.random_genotype(space.grid, rng).genes.copy()
    table = genes[: -space.grid.outputs].reshape(-1, space.grid.genes_per_node)
    names = [bound.kind.name for bound in space.kinds]
    places: list[int] = []
    for position, node in enumerate(nodes):
        if node.kind not in names:
            raise unknown_name("node kind of the search space", node.kind, names)
        function = names.index(node.kind)
        bound = space.kinds[function]
        _check_inputs(bound, node, position)
        sources = [places[i] for i in node.inputs if i != IMAGE]
        places.append(_place(space, sources, set(places), position))
        row = table[places[-1]]
        row[0] = function
        addresses = [0 if i == IMAGE else space.grid.inputs + places[i] for i in node.inputs]
        row[1 : 1 + len(addresses)] = addresses
        row[1 + space.grid.max_arity :] = 0
        for slot, gene in enumerate(_genes(bound, node)):
            row[1 + space.grid.max_arity + slot] = gene
    genes[-1] = space.grid.inputs + places[-1] if places else 0
    return Genotype(space.grid, genes)


def _check_inputs(bound: BoundKind, node: Node, position: int) -> None:
    arity = bound.kind.arity
    if len(node.inputs) != arity or any(not IMAGE <= i < position for i in node.inputs):
        raise ConfigError(
            f"design, node {position} ({node.kind}): expected {arity} inputs among "
            f"{IMAGE}..{position - 1}, got {node.inputs}"
        )


def _place(space: SearchSpace, sources: list[int], taken: set[int], position: int) -> int:
    grid = space.grid
    columns = [source // grid.rows for source in sources]
    start = (max(columns, default=-1) + 1) * grid.rows
    end = min(min(columns, default=grid.columns) + grid.levels_back + 1, grid.columns) * grid.rows
    for place in range(start, end):
        if place not in taken:
            return place
    raise ConfigError(
        f"design, node {position}: no free place within {grid.columns} columns and levels-back "
        f"{grid.levels_back}; use a larger grid or a shorter detour"
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
