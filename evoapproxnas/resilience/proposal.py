"""Which assignments to emulate next: those the surrogate thinks best, spread along the front."""

import numpy as np
import numpy.typing as npt

from evoapproxnas.nsga2_arrays import Evolution, Genomes, evolve
from evoapproxnas.pareto import Points, non_dominated, non_dominated_sort
from evoapproxnas.resilience.surrogate import Surrogate, Values


def propose(
    surrogate: Surrogate,
    energies: Values,
    known: Genomes,
    start: Genomes,
    *,
    count: int,
    max_loss: float,
    size: Evolution,
    rng: np.random.Generator,
) -> Genomes:
    """Search on the surrogate and choose from its front.

    Args:
        surrogate: predicts squared errors and losses.
        energies: (layers, multipliers), of a layer with a multiplier.
        known: assignments emulated already, which are not chosen again.
        start: the best of them; the search starts from these.
        count: at most so many are chosen.
        max_loss: share of images that a chosen one may be predicted to lose.
        size: of the search.
        rng: decides everything.

    Returns:
        Genomes in an order in which neighbours agree in their first layers.
    """
    layers = np.arange(energies.shape[0])

    def objectives(genomes: Genomes) -> Points:
        errors = surrogate.squared_error(genomes)
        joules = energies[layers, genomes].sum(axis=1)
        # Beyond the limit, less error comes first whatever it costs.
        beyond = np.maximum(surrogate.loss(errors) - max_loss, 0) / max(max_loss, 1e-9)
        return np.column_stack(
            [errors, joules * (1 + beyond) + energies.max(axis=1).sum() * beyond]
        )

    found = evolve(objectives, start, energies.shape[1], size, rng)
    seen = {tuple(genome) for genome in known.tolist()}
    fresh = np.array([g for g in found.tolist() if tuple(g) not in seen], np.int64)
    fresh = fresh.reshape(-1, len(layers))
    errors = surrogate.squared_error(fresh)
    kept = surrogate.loss(errors) <= max_loss
    fresh, errors = fresh[kept], errors[kept]
    joules = energies[layers, fresh].sum(axis=1)
    return fresh[spread_out(fresh, errors, joules, count=count)]


def spread_out(
    genomes: Genomes, errors: Values, joules: Values, *, count: int
) -> npt.NDArray[np.int64]:
    """Choose from the first fronts of predicted errors and energies, evenly along them.

    Args:
        genomes: to choose from, (n, layers).
        errors: predicted, (n,).
        joules: what they take, (n,).
        count: at most so many are chosen.

    Returns:
        Positions in an order in which neighbours agree in their first layers.
    """
    order = _best(np.column_stack([errors, joules]), count)
    spread = np.unique(np.linspace(0, len(order) - 1, min(count, len(order))).round().astype(int))
    chosen = order[spread]
    return chosen[np.lexsort(genomes[chosen].T[::-1])]


def _best(points: Points, count: int) -> npt.NDArray[np.int64]:
    """Return the positions of the first fronts that hold at least `count`, by rising energy."""
    if not len(points):
        return np.empty(0, np.int64)
    ranks = non_dominated_sort(points)
    last = np.sort(ranks)[min(count, len(ranks)) - 1]
    order = np.argsort(points[:, 1], kind="stable")
    return order[ranks[order] <= last]


def known_front(genomes: Genomes, losses: Values, joules: Values) -> Genomes:
    """Return the emulated assignments that no other beats."""
    return genomes[non_dominated(np.column_stack([losses, joules]))]
