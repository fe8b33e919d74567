"""Genotypes as numbers from 0 on, each below a bound of its own that no other gene changes.

Searches that know neither nodes nor connections choose them: every choice makes a genotype. The
value of a gene is its rank among those that the gene may take; where its range depends on the
function of its node, larger numbers begin again from 0.
"""

from collections.abc import Sequence

import numpy as np

from evoapproxnas.cgp.genotype import Genotype
from evoapproxnas.cgp.grid import Grid
from evoapproxnas.errors import ConfigError


def domains(grid: Grid) -> tuple[int, ...]:
    """Return how many values each gene has with the function that gives it most.

    Args:
        grid: that genotypes belong to.
    """
    most = np.array(
        [grid.choices(np.full(grid.node_count, f)) for f in range(len(grid.functions))]
    )
    return tuple(most.max(axis=0).tolist())


def from_ranks(grid: Grid, ranks: Sequence[int]) -> Genotype:
    """Return the genotype that has these values.

    Args:
        grid: of the genotype.
        ranks: a value for each gene, from 0 to one less than its domain.

    Raises:
        ConfigError: for another number of values, or one beyond its domain.
    """
    bounds, values = domains(grid), np.array(ranks)
    if values.shape != (len(bounds),) or values.dtype.kind not in "iu":
        raise ConfigError(
            f"expected {len(bounds)} integers, got {len(ranks)} values: {ranks!r:.60}"
        )
    wrong = np.flatnonzero((values < 0) | (values >= np.array(bounds)))
    if wrong.size:
        gene = int(wrong[0])
        raise ConfigError(
            f"{grid.locate(gene)}: expected 0 to {bounds[gene] - 1}, got {values[gene]}"
        )
    functions = values[: -grid.outputs].reshape(-1, grid.genes_per_node)[:, 0]
    values = values % grid.choices(functions)
    return Genotype(grid, values + grid.gap * (values >= grid.inputs))


def to_ranks(genotype: Genotype) -> tuple[int, ...]:
    """Return values that `from_ranks` makes the genotype of.

    Args:
        genotype: to be written as ranks.
    """
    genes, grid = genotype.genes, genotype.grid
    return tuple((genes - grid.gap * (genes >= grid.inputs)).tolist())
