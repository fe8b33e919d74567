"""The front of sums: an entry for each layer, such that two sums are least.

Errors and energies of an assignment are sums over its layers. So the front of all assignments is
found exactly layer by layer: the front of the first n layers with every choice of the next one
holds that of n + 1 layers. It is thinned out to some hundred members on the way.
"""

import numpy as np
import numpy.typing as npt

from evoapproxnas.nsga2_arrays import Genomes

Values = npt.NDArray[np.float64]

MOST = 512
"""Members that are kept, at about equal steps of the logarithm of energy."""


def front_of_sums(errors: Values, energies: Values, *, most: int = MOST) -> Genomes:
    """Return the assignments that none beats in both sums, by rising energy.

    Args:
        errors: of a layer with a choice, (layers, choices), not negative.
        energies: likewise.
        most: members that are kept.

    Returns:
        Positions of choices, int64 (n, layers).
    """
    error, energy = np.zeros(1), np.zeros(1)
    genomes = np.empty((1, 0), np.int64)
    for layer_errors, layer_energies in zip(errors, energies, strict=True):
        error = np.add.outer(error, layer_errors).ravel()
        energy = np.add.outer(energy, layer_energies).ravel()
        kept = _thinned(_front(error, energy), energy, most)
        before, choice = np.divmod(kept, errors.shape[1])
        genomes = np.column_stack([genomes[before], choice])
        error, energy = error[kept], energy[kept]
    return genomes


def _front(error: Values, energy: Values) -> npt.NDArray[np.intp]:
    """Return the positions of what nothing beats, by rising energy."""
    order = np.lexsort((error, energy))
    least = np.minimum.accumulate(error[order])
    better = np.ones(len(order), bool)
    better[1:] = error[order][1:] < least[:-1]
    return order[better]


def _thinned(front: npt.NDArray[np.intp], energy: Values, most: int) -> npt.NDArray[np.intp]:
    """Return at most so many, the ends among them."""
    if len(front) <= most:
        return front
    place = np.log(np.maximum(energy[front], np.finfo(np.float64).tiny))
    steps = np.linspace(place[0], place[-1], most)
    return front[np.unique(np.searchsorted(place, steps).clip(0, len(front) - 1))]
