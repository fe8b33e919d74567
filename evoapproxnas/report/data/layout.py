"""Places for the nodes of a directed graph, layer by layer, with few crossings.

Source: Sugiyama, Tagawa, Toda, "Methods for visual understanding of hierarchical system
structures", IEEE Trans. SMC 1981: long edges get a place in every layer that they cross, layers
are ordered by the mean place of neighbours. Distances are then fitted by isotonic regression.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import isotonic_regression

Edge = tuple[int, int]
Place = tuple[float, float]
_Key = tuple[int, int, int]
"""(source, target, layer) of a place that an edge crosses; (node, node, layer) of a node."""

_SWEEPS = 12


@dataclass(frozen=True)
class Layout:
    """Where a graph is drawn.

    Attributes:
        nodes: (x, y) by node; y is the layer, neighbours in a layer are at least 1 apart.
        paths: by edge, the places that it leads through, its ends included.
    """

    nodes: Mapping[int, Place]
    paths: Mapping[Edge, Sequence[Place]]


def lay_out(layers: Mapping[int, int], edges: Sequence[Edge]) -> Layout:
    """Place nodes.

    Args:
        layers: layer by node, from 0.
        edges: from a node to one in a later layer.
    """
    chains = {edge: _chain(edge, layers) for edge in dict.fromkeys(edges)}
    rows: list[list[_Key]] = [[] for _ in range(max(layers.values(), default=-1) + 1)]
    for node, layer in layers.items():
        rows[layer].append((node, node, layer))
    for chain in chains.values():
        for key in chain[1:-1]:
            rows[key[2]].append(key)
    before: dict[_Key, list[_Key]] = {key: [] for row in rows for key in row}
    after: dict[_Key, list[_Key]] = {key: [] for row in rows for key in row}
    for chain in chains.values():
        for upper, lower in zip(chain, chain[1:], strict=False):
            after[upper].append(lower)
            before[lower].append(upper)
    x = _spread(_ordered(rows, before, after), before, after)
    places = {key: (x[key], float(key[2])) for key in x}
    return Layout(
        {node: places[node, node, layer] for node, layer in layers.items()},
        {edge: [places[key] for key in chain] for edge, chain in chains.items()},
    )


def _chain(edge: Edge, layers: Mapping[int, int]) -> list[_Key]:
    source, target = edge
    first, last = layers[source], layers[target]
    between = [(source, target, layer) for layer in range(first + 1, last)]
    return [(source, source, first), *between, (target, target, last)]


def _ordered(
    rows: list[list[_Key]], before: Mapping[_Key, list[_Key]], after: Mapping[_Key, list[_Key]]
) -> list[list[_Key]]:
    """Order each layer by the mean place of what it is connected with, down and up again."""
    place = {key: float(i) for row in rows for i, key in enumerate(row)}
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for row in rows if down else reversed(rows):
            neighbours = before if down else after
            means = {k: _mean([place[n] for n in neighbours[k]], place[k]) for k in row}
            row.sort(key=means.__getitem__)
            place.update({key: float(i) for i, key in enumerate(row)})
    return rows


def _spread(
    rows: Sequence[Sequence[_Key]],
    before: Mapping[_Key, list[_Key]],
    after: Mapping[_Key, list[_Key]],
) -> dict[_Key, float]:
    """Put each beside its neighbours above and below, at least 1 from the next in its layer."""
    x = {key: float(i) for row in rows for i, key in enumerate(row)}
    for sweep in range(4 * _SWEEPS):
        for row in rows if sweep % 2 == 0 else reversed(rows):
            wanted = [_mean([x[n] for n in (*before[k], *after[k])], x[k]) for k in row]
            steps = np.arange(len(row))
            fitted = isotonic_regression(np.array(wanted) - steps).x + steps if row else []
            x.update(zip(row, map(float, fitted), strict=True))
    middle = (min(x.values(), default=0.0) + max(x.values(), default=0.0)) / 2
    return {key: value - middle for key, value in x.items()}


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise
