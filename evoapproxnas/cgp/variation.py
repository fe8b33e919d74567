"""Random genotypes, point mutation and crossover; randomness comes from the given generator."""

from collections.abc import Callable

import numpy as np

from evoapproxnas.cgp.genotype import Genotype
from evoapproxnas.cgp.grid import Grid, IntArray
from evoapproxnas.cgp.phenotype import active_mask, phenotype
from evoapproxnas.errors import ConfigError


def random_genotype(grid: Grid, rng: np.random.Generator) -> Genotype:
    """Draw every gene uniformly from its values.

    Args:
        grid: that it belongs to.
        rng: where the genes come from.
    """
    functions = rng.integers(len(grid.functions), size=grid.node_count)
    ranks = rng.integers(grid.choices(functions))
    ranks[: -grid.outputs : grid.genes_per_node] = functions
    return Genotype(grid, ranks + grid.gap * (ranks >= grid.inputs))


def mutate_rate(genotype: Genotype, rng: np.random.Generator, rate: float) -> Genotype:
    """Redraw each gene with probability `rate`; a redrawn gene takes another value.

    A node whose function changes gets random parameters, as the old ones meant something else.

    Args:
        genotype: of the parent, which stays as it is.
        rng: where the choices come from.
        rate: probability of each gene to be redrawn, 0..1.

    Returns:
        The mutant.

    Raises:
        ConfigError: `rate` is outside 0..1.
    """
    if not 0 <= rate <= 1:
        raise ConfigError(f"mutation rate: expected 0..1, got {rate}")
    chosen = np.flatnonzero(rng.random(genotype.grid.gene_count) < rate)
    return _redraw(genotype, rng, chosen)


def mutate_count(genotype: Genotype, rng: np.random.Generator, count: int) -> Genotype:
    """Redraw `count` genes, chosen among those that have another value; see `mutate_rate`.

    Args:
        genotype: of the parent, which stays as it is.
        rng: where the choices come from.
        count: how many genes are redrawn.

    Returns:
        The mutant.

    Raises:
        ConfigError: `count` is below one or above the number of such genes.
    """
    mutable = np.flatnonzero(genotype.grid.choices(genotype.functions) > 1)
    if not 1 <= count <= mutable.size:
        raise ConfigError(f"mutation count: expected 1..{mutable.size}, got {count}")
    return _redraw(genotype, rng, rng.choice(mutable, count, replace=False))


def mutate_active(genotype: Genotype, rng: np.random.Generator) -> Genotype:
    """Redraw one gene that the phenotype depends on, an output perhaps; see `mutate_rate`.

    Source: B. W. Goldman, W. F. Punch, Reducing Wasted Evaluations in Cartesian Genetic
    Programming, EuroGP 2013; genes of inactive nodes are left alone.

    Args:
        genotype: of the parent, which stays as it is.
        rng: where the choices come from.

    Returns:
        The mutant.

    Raises:
        ConfigError: no such gene has another value.
    """
    grid = genotype.grid
    used = np.zeros((grid.node_count, grid.genes_per_node), dtype=np.bool_)
    active = active_mask(genotype)
    used[:, 0] = active
    slots = np.arange(grid.max_arity)
    used[:, 1 : 1 + grid.max_arity] = slots < grid.arities[genotype.functions][:, None]
    used[:, 1 + grid.max_arity :] = True
    used &= active[:, None]
    mutable = np.append(used.ravel(), np.ones(grid.outputs, dtype=np.bool_))
    mutable &= grid.choices(genotype.functions) > 1
    if not mutable.any():
        raise ConfigError("mutation: no active gene has another value; widen the value lists")
    return _redraw(genotype, rng, rng.choice(np.flatnonzero(mutable), 1))


def mutate_until(
    genotype: Genotype,
    rng: np.random.Generator,
    mutate: Callable[[Genotype, np.random.Generator], Genotype],
    changed: Callable[[Genotype], bool] | None = None,
    max_tries: int = 1000,
) -> Genotype:
    """Mutate `genotype`, each time afresh, until a mutant is accepted.

    Args:
        genotype: the parent.
        rng: where the mutations draw from.
        mutate: one mutation, such as `mutate_rate` with its rate bound.
        changed: accepts a mutant; by default one whose phenotype is not the parent's.
        max_tries: mutants drawn before giving up.

    Returns:
        The accepted mutant.

    Raises:
        ConfigError: no mutant was accepted.
    """
    accept = changed or _differs_from(genotype)
    for _ in range(max_tries):
        mutant = mutate(genotype, rng)
        if accept(mutant):
            return mutant
    raise ConfigError(
        f"mutation: none of {max_tries} mutants was accepted as changed; expected at least one. "
        f"Raise the mutation rate or widen what the function set and the limits allow"
    )


def _differs_from(genotype: Genotype) -> Callable[[Genotype], bool]:
    parent = phenotype(genotype)
    return lambda mutant: phenotype(mutant) != parent


def one_point_crossover(a: Genotype, b: Genotype, rng: np.random.Generator) -> Genotype:
    """Take the nodes before a random cut from `a`, those after it and the outputs from `b`.

    Args:
        a: one parent.
        b: the other one, of the same grid.
        rng: draws the cut.

    Returns:
        The child.
    """
    grid = _common_grid(a, b)
    cut = int(rng.integers(grid.node_count + 1)) * grid.genes_per_node
    return Genotype(grid, np.concatenate([a.genes[:cut], b.genes[cut:]]))


def uniform_crossover(a: Genotype, b: Genotype, rng: np.random.Generator) -> Genotype:
    """Take every node, and every output, from either parent with equal probability.

    Args:
        a: one parent.
        b: the other one, of the same grid.
        rng: chooses between them.

    Returns:
        The child.
    """
    grid = _common_grid(a, b)
    from_a = rng.random(grid.node_count + grid.outputs) < 0.5
    repeats = np.ones(from_a.size, dtype=np.int64)
    repeats[: grid.node_count] = grid.genes_per_node
    return Genotype(grid, np.where(np.repeat(from_a, repeats), a.genes, b.genes))


def _redraw(genotype: Genotype, rng: np.random.Generator, chosen: IntArray) -> Genotype:
    grid = genotype.grid
    genes = genotype.genes.copy()
    is_function = (chosen % grid.genes_per_node == 0) & (chosen < genes.size - grid.outputs)
    redrawn = chosen[is_function]
    if redrawn.size and len(grid.functions) > 1:
        genes[redrawn] = _other(genes[redrawn], np.full(redrawn.size, len(grid.functions)), rng)
        slots = redrawn[:, None] + np.arange(1 + grid.max_arity, grid.genes_per_node)
        genes[slots] = rng.integers(grid.parameter_choices[genes[redrawn]])
    rest = chosen[~is_function]
    nodes = genes[: -grid.outputs].reshape(-1, grid.genes_per_node)
    choices = grid.choices(nodes[:, 0])[rest]
    gap = grid.gap[rest]
    ranks = genes[rest] - gap * (genes[rest] >= grid.inputs)
    drawn = _other(ranks, choices, rng)
    genes[rest] = drawn + gap * (drawn >= grid.inputs)
    return Genotype(grid, genes)


def _other(ranks: IntArray, choices: IntArray, rng: np.random.Generator) -> IntArray:
    """Draw uniformly among the values that differ; a gene with one choice keeps it."""
    step = 1 + rng.integers(np.maximum(choices - 1, 1))
    return (ranks + step) % choices


def _common_grid(a: Genotype, b: Genotype) -> Grid:
    if a.grid != b.grid:
        raise ConfigError(f"crossover: expected parents of one grid, got {a.grid} and {b.grid}")
    return a.grid
