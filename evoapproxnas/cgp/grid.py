"""The CGP grid: its size, its function set and, derived from them, the range of every gene."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import ConfigError

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Function:
    """One entry of the function set.

    Attributes:
        name: label, unique within a grid.
        arity: number of connection genes it reads.
        parameters: number of choices of each of its parameter genes.
    """

    name: str
    arity: int
    parameters: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        """Reject a negative arity and parameters without a choice."""
        if self.arity < 0:
            raise ConfigError(f"function {self.name!r}: expected arity >= 0, got {self.arity}")
        if any(choices < 1 for choices in self.parameters):
            raise ConfigError(
                f"function {self.name!r}: every parameter needs at least 1 choice, "
                f"got {self.parameters}"
            )


@dataclass(frozen=True)
class Grid:
    """Rows x columns of nodes between inputs and outputs.

    A node reads from any input and from the `levels_back` columns before its own; an output
    reads from anywhere.

    Attributes:
        rows: nodes of a column.
        columns: how many there are.
        levels_back: how many columns before its own a node reads from.
        inputs: of the whole grid.
        outputs: of the whole grid.
        functions: the function set; a node's first gene is an index of it.
    """

    rows: int
    columns: int
    levels_back: int
    inputs: int
    outputs: int
    functions: tuple[Function, ...]

    def __post_init__(self) -> None:
        """Reject sizes below one and an empty or ambiguous function set."""
        for name in ("rows", "columns", "levels_back", "inputs", "outputs"):
            if getattr(self, name) < 1:
                raise ConfigError(f"grid {name}: expected at least 1, got {getattr(self, name)}")
        names = [function.name for function in self.functions]
        if not names or len(set(names)) != len(names):
            raise ConfigError(f"grid functions: expected one or more distinct names, got {names}")

    @property
    def node_count(self) -> int:
        """Number of nodes, active or not."""
        return self.rows * self.columns

    @cached_property
    def max_arity(self) -> int:
        """Connection genes per node."""
        return max(function.arity for function in self.functions)

    @cached_property
    def max_parameters(self) -> int:
        """Parameter genes per node; a function uses the first few."""
        return max(len(function.parameters) for function in self.functions)

    @property
    def genes_per_node(self) -> int:
        """Function gene, connection genes and parameter genes of one node."""
        return 1 + self.max_arity + self.max_parameters

    @property
    def gene_count(self) -> int:
        """Length of a genotype."""
        return self.node_count * self.genes_per_node + self.outputs

    @cached_property
    def arities(self) -> IntArray:
        """Arity of each function, shape (functions,)."""
        return np.array([function.arity for function in self.functions])

    @cached_property
    def parameter_choices(self) -> IntArray:
        """Choices of each parameter gene by function, shape (functions, max_parameters).

        A slot that a function does not use has one choice, 0.
        """
        table = np.ones((len(self.functions), self.max_parameters), dtype=np.int64)
        for row, function in zip(table, self.functions, strict=True):
            row[: len(function.parameters)] = function.parameters
        return table

    @cached_property
    def gap(self) -> IntArray:
        """Addresses between the inputs and the first node a gene may read, shape (gene_count,).

        Zero for genes that are not connections. It makes the values of any gene contiguous:
        `rank = value - gap` for values beyond the inputs.
        """
        first_column = np.arange(self.node_count) // self.rows - self.levels_back
        gap = np.zeros((self.node_count, self.genes_per_node), dtype=np.int64)
        gap[:, 1 : 1 + self.max_arity] = (np.maximum(first_column, 0) * self.rows)[:, None]
        return np.concatenate([gap.ravel(), np.zeros(self.outputs, dtype=np.int64)])

    @cached_property
    def base_choices(self) -> IntArray:
        """Number of values of every gene, shape (gene_count,); parameters are left at one."""
        columns_seen = np.minimum(np.arange(self.node_count) // self.rows, self.levels_back)
        choices = np.ones((self.node_count, self.genes_per_node), dtype=np.int64)
        choices[:, 0] = len(self.functions)
        choices[:, 1 : 1 + self.max_arity] = (self.inputs + columns_seen * self.rows)[:, None]
        addresses = self.inputs + self.node_count
        return np.concatenate([choices.ravel(), np.full(self.outputs, addresses)])

    def choices(self, functions: IntArray) -> IntArray:
        """Return the number of values of every gene, given each node's function.

        Args:
            functions: function gene of every node, shape (node_count,).

        Returns:
            Shape (gene_count,).
        """
        choices = self.base_choices.copy()
        nodes = choices[: -self.outputs].reshape(self.node_count, self.genes_per_node)
        nodes[:, 1 + self.max_arity :] = self.parameter_choices[functions]
        return choices

    def locate(self, gene: int) -> str:
        """Say in words which gene an index of the array denotes.

        Args:
            gene: index in the array of a genotype.
        """
        node, slot = divmod(gene, self.genes_per_node)
        if node >= self.node_count:
            return f"output {gene - self.node_count * self.genes_per_node}"
        if slot == 0:
            return f"function of node {node}"
        if slot <= self.max_arity:
            return f"connection {slot - 1} of node {node}"
        return f"parameter {slot - 1 - self.max_arity} of node {node}"
