"""What a genotype expresses: the nodes that its outputs reach."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evoapproxnas.cgp.genotype import Genotype
from evoapproxnas.cgp.grid import IntArray


@dataclass(frozen=True)
class ActiveNode:
    """One active node, with only the genes its function uses.

    Attributes:
        function: index into the grid's function set.
        inputs: sources in the phenotype's numbering.
        parameters: values of the function's parameter genes.
    """

    function: int
    inputs: tuple[int, ...]
    parameters: tuple[int, ...]


@dataclass(frozen=True)
class Phenotype:
    """The active nodes in topological order; equal wherever in the grid the nodes sit.

    Source `a < inputs` is an input of the grid, source `inputs + k` is `nodes[k]`.

    Attributes:
        inputs: of the grid.
        nodes: the active ones, in topological order.
        outputs: source of each output of the grid.
    """

    inputs: int
    nodes: tuple[ActiveNode, ...]
    outputs: tuple[int, ...]


def active_mask(genotype: Genotype) -> npt.NDArray[np.bool_]:
    """Mark the nodes that an output depends on, in time linear in the number of nodes.

    Nodes only read from smaller addresses, so one sweep from the last node to the first sees
    every consumer before the node it consumes.

    Args:
        genotype: whose nodes are marked.

    Returns:
        Shape (node_count,).
    """
    grid = genotype.grid
    arities = grid.arities[genotype.functions].tolist()
    connections = genotype.connections.tolist()
    needed = bytearray(grid.inputs + grid.node_count)
    for address in genotype.outputs.tolist():
        needed[address] = 1
    for node in range(grid.node_count - 1, -1, -1):
        if needed[grid.inputs + node]:
            for address in connections[node][: arities[node]]:
                needed[address] = 1
    return np.frombuffer(needed, dtype=np.bool_)[grid.inputs :]


def active_nodes(genotype: Genotype) -> IntArray:
    """Return the indices of the active nodes in topological order, shape (active nodes,).

    Args:
        genotype: whose nodes are listed.
    """
    return np.flatnonzero(active_mask(genotype))


def phenotype(genotype: Genotype) -> Phenotype:
    """Return the active nodes, renumbered without the inactive ones.

    Args:
        genotype: that they are part of.
    """
    grid = genotype.grid
    active = active_nodes(genotype)
    number = np.arange(grid.inputs + grid.node_count)
    number[grid.inputs + active] = grid.inputs + np.arange(active.size)
    functions = genotype.functions[active].tolist()
    sources = number[genotype.connections[active]].tolist()
    parameters = genotype.parameters[active].tolist()
    nodes = []
    for index, row, values in zip(functions, sources, parameters, strict=True):
        function = grid.functions[index]
        inputs = tuple(row[: function.arity])
        nodes.append(ActiveNode(index, inputs, tuple(values[: len(function.parameters)])))
    return Phenotype(grid.inputs, tuple(nodes), tuple(number[genotype.outputs].tolist()))


def node_depths(genotype: Genotype) -> IntArray:
    """Count the nodes on the longest path from any input to each node, itself included.

    Args:
        genotype: whose nodes are measured.

    Returns:
        Shape (node_count,), at least 1.
    """
    grid = genotype.grid
    unused = np.arange(grid.max_arity) >= grid.arities[genotype.functions][:, None]
    # An unused connection is pointed at an input, whose depth is 0.
    sources = np.where(unused, 0, genotype.connections).reshape(grid.columns, grid.rows, -1)
    depths = np.zeros(grid.inputs + grid.node_count, dtype=np.int64)
    for column, read in enumerate(sources):
        first = grid.inputs + column * grid.rows
        depths[first : first + grid.rows] = 1 + depths[read].max(axis=1, initial=0)
    return depths[grid.inputs :]
