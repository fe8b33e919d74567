"""Which assignments to emulate next: those the surrogate thinks best, spread along the front."""

import numpy as np

from evoapproxnas.pareto import non_dominated
from evoapproxnas.resilience.evolution import Evolution, Genomes, evolve
from evoapproxnas.resilience.surrogate import LossModel, Values


def propose(
    model: LossModel,
    energies: Values,
    known: Genomes,
    start: Genomes,
    *,
    count: int,
    max_loss: float,
    size: Evolution,
    rng: np.random.Generator,
) -> tuple[Genomes, Values]:
    """Search on the surrogate and choose from its front.

    Args:
        model: predicts losses.
        energies: (layers, multipliers), of a layer with a multiplier.
        known: assignments emulated already, which are not chosen again.
        start: the best of them; the search starts from these.
        count: at most so many are chosen.
        max_loss: share of images that a chosen one may be predicted to lose.
        size: of the search.
        rng: decides everything.

    Returns:
        Genomes in an order in which neighbours agree in their first layers, and their
        predicted losses.
    """
    layers = np.arange(energies.shape[0])

    def objectives(genomes: Genomes) -> Values:
        losses = model.predict(genomes)
        joules = energies[layers, genomes].sum(axis=1)
        # Beyond the limit, less loss comes first whatever it costs.
        beyond = np.maximum(losses - max_loss, 0) / max(max_loss, 1e-9)
        return np.column_stack(
            [losses, joules * (1 + beyond) + energies.max(axis=1).sum() * beyond]
        )

    front = evolve(objectives, start, energies.shape[1], size, rng)
    seen = {tuple(genome) for genome in known.tolist()}
    fresh = np.array([g for g in front.tolist() if tuple(g) not in seen], np.int64)
    if not len(fresh):
        return np.empty((0, len(layers)), np.int64), np.empty(0)
    losses = model.predict(fresh)
    fresh, losses = fresh[losses <= max_loss], losses[losses <= max_loss]
    order = np.argsort(energies[layers, fresh].sum(axis=1), kind="stable")
    spread = np.unique(np.linspace(0, len(order) - 1, min(count, len(order))).round().astype(int))
    chosen = order[spread] if len(order) else order
    chosen = chosen[np.lexsort(fresh[chosen].T[::-1])]
    return fresh[chosen], losses[chosen]


def known_front(genomes: Genomes, losses: Values, joules: Values) -> Genomes:
    """Return the emulated assignments that no other beats."""
    return genomes[non_dominated(np.column_stack([losses, joules]))]
