"""Which architectures of a front are worth most: greedy hypervolume contribution."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from evoapproxnas.pareto import Points, hypervolume, reference_point

Key = TypeVar("Key", bound=Hashable)


def by_contribution(groups: Mapping[Key, Points], first: Sequence[Key] = ()) -> list[Key]:
    """Order groups of points: each adds the most hypervolume to those before it.

    Source: greedy subset selection, Guerreiro, Fonseca, Paquete, "Greedy hypervolume subset
    selection in low dimensions", Evolutionary Computation, 2016.

    Args:
        groups: objective vectors, shape (n, m), by key; those of an architecture belong together,
            as finishing it finds a whole front anew.
        first: keys that are chosen already; they lead the order.

    Returns:
        All keys; of equal contributions the first one comes first.
    """
    if not groups:
        return []
    reference = reference_point(np.vstack(list(groups.values())))
    chosen = list(first)
    covered = np.vstack([np.empty((0, len(reference))), *(groups[key] for key in chosen)])
    while len(chosen) < len(groups):
        left = [key for key in groups if key not in chosen]
        volumes = [hypervolume(np.vstack([covered, groups[key]]), reference) for key in left]
        best = left[int(np.argmax(volumes))]
        chosen.append(best)
        covered = np.vstack([covered, groups[best]])
    return chosen
