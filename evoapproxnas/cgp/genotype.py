"""A genotype: one frozen integer array, checked against its grid."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.cgp.grid import Grid, IntArray
from evoapproxnas.errors import ConfigError
from evoapproxnas.files import shown

_LIMIT = 2**31
"""Above every gene, and small enough that sums of genes fit an int64."""


@dataclass(frozen=True, eq=False)
class Genotype:
    """Genes for a grid; equal and hashed by content.

    Attributes:
        grid: what the genes mean and which values they may take.
        genes: read-only int64 copy of what was given, shape (grid.gene_count,).

    Raises:
        ConfigError: the array has another shape, is not integer, or breaks a gene's range.
    """

    grid: Grid
    genes: IntArray

    def __post_init__(self) -> None:
        """Copy, check and freeze the array."""
        genes = _as_genes(self.grid, self.genes)
        _check_ranges(self.grid, genes)
        genes.setflags(write=False)
        object.__setattr__(self, "genes", genes)

    @property
    def nodes(self) -> IntArray:
        """Genes by node, shape (node_count, genes_per_node): function, connections, parameters."""
        return self.genes[: -self.grid.outputs].reshape(-1, self.grid.genes_per_node)

    @property
    def functions(self) -> IntArray:
        """Function gene of every node, shape (node_count,)."""
        return self.nodes[:, 0]

    @property
    def connections(self) -> IntArray:
        """Addresses every node reads, shape (node_count, max_arity); the first `arity` count."""
        return self.nodes[:, 1 : 1 + self.grid.max_arity]

    @property
    def parameters(self) -> IntArray:
        """Parameter genes of every node, shape (node_count, max_parameters)."""
        return self.nodes[:, 1 + self.grid.max_arity :]

    @property
    def outputs(self) -> IntArray:
        """Addresses of the outputs, shape (outputs,)."""
        return self.genes[-self.grid.outputs :]

    def to_list(self) -> list[int]:
        """Return the genes as plain integers, for JSON."""
        return [int(gene) for gene in self.genes]

    @classmethod
    def from_list(cls, grid: Grid, genes: Sequence[int]) -> "Genotype":
        """Rebuild a genotype from `to_list`; raises `ConfigError` where it does not fit.

        Args:
            grid: that the genes belong to.
            genes: as `to_list` returned them.
        """
        return cls(grid, np.array(_checked(genes), np.int64))

    def __eq__(self, other: object) -> bool:
        """Compare grid and genes."""
        if not isinstance(other, Genotype):
            return NotImplemented
        return self.grid == other.grid and np.array_equal(self.genes, other.genes)

    def __hash__(self) -> int:
        """Hash the genes."""
        return hash(self.genes.tobytes())

    def __reduce__(self) -> tuple[Any, ...]:
        """Rebuild through the constructor, so that an unpickled array is read-only too."""
        return Genotype, (self.grid, self.genes)


def _checked(genes: Sequence[int]) -> list[int]:
    wrong = [gene for gene in genes if type(gene) is not int or not 0 <= gene < _LIMIT]
    if wrong:
        raise ConfigError(f"genotype: expected integers from 0 on, got {shown(wrong[0])}")
    return list(genes)


def _as_genes(grid: Grid, genes: npt.ArrayLike) -> IntArray:
    try:
        array = np.array(genes)
    except (ValueError, TypeError, OverflowError) as error:
        raise ConfigError(f"genotype: expected a list of integers, got {shown(genes)}") from error
    if array.dtype.kind not in "iu" or array.shape != (grid.gene_count,):
        raise ConfigError(
            f"genotype: expected {grid.gene_count} integers for a grid of {grid.rows} x "
            f"{grid.columns} nodes with {grid.outputs} outputs, got shape {array.shape} of "
            f"{array.dtype}; was it made for another grid or node list?"
        )
    return array.astype(np.int64, copy=False)


def _check_ranges(grid: Grid, genes: IntArray) -> None:
    functions = genes[: -grid.outputs].reshape(-1, grid.genes_per_node)[:, 0]
    known = (functions >= 0) & (functions < len(grid.functions))
    choices = grid.choices(np.where(known, functions, 0))
    beyond_inputs = genes >= grid.inputs
    ranks = genes - grid.gap * beyond_inputs
    wrong = (genes < 0) | (ranks >= choices) | (beyond_inputs & (ranks < grid.inputs))
    if not wrong.any():
        return
    # A function gene out of range makes its parameters look wrong too: it comes first.
    gene = int(np.flatnonzero(wrong)[0])
    raise ConfigError(
        f"genotype, gene {gene} ({grid.locate(gene)}): expected "
        f"{_range_in_words(grid, gene, int(choices[gene]))}, got {int(genes[gene])}; "
        f"was it made for another grid, node list or parameter list?"
    )


def _range_in_words(grid: Grid, gene: int, choices: int) -> str:
    gap = int(grid.gap[gene])
    if gap == 0:
        return f"0..{choices - 1}"
    low, high = grid.inputs + gap, choices - 1 + gap
    return f"an input 0..{grid.inputs - 1} or {low}..{high} (levels-back {grid.levels_back})"
