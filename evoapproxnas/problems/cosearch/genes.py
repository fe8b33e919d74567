"""The second chromosome: which accelerator a candidate runs on.

Its genes are places in the lists of the configuration, `grid.GENES` of them behind the genes of
the network. Values of a list are no order: a mutation draws any other one.
"""

from collections.abc import Sequence

import numpy as np

from evoapproxnas.problems.cosearch.grid import Genes


def draw_genes(domains: Sequence[int], rng: np.random.Generator) -> Genes:
    """Draw all genes uniformly."""
    return tuple(int(rng.integers(size)) for size in domains)


def crossed(first: Genes, second: Genes, rng: np.random.Generator) -> Genes:
    """Take each gene of one of two parents."""
    own = rng.random(len(first)) < 0.5
    return tuple(a if mine else b for a, b, mine in zip(first, second, own, strict=True))


def mutated(
    genes: Genes,
    domains: Sequence[int],
    rng: np.random.Generator,
    *,
    rate: float,
    surely: bool = False,
) -> Genes:
    """Give genes other values.

    Args:
        genes: to begin with.
        domains: how many values each has; one with a single value stays.
        rng: draws.
        rate: probability of each gene.
        surely: whether at least one changes, if one can.
    """
    free = np.array(domains) > 1
    chosen = (rng.random(len(genes)) < rate) & free
    if surely and free.any() and not chosen.any():
        chosen[rng.choice(np.flatnonzero(free))] = True
    changed = list(genes)
    for place in np.flatnonzero(chosen).tolist():
        step = int(rng.integers(1, domains[place]))
        changed[place] = (changed[place] + step) % domains[place]
    return tuple(changed)
