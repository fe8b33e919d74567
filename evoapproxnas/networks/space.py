"""The search space: which genotypes there are, and what each one means."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from evoapproxnas import cgp
from evoapproxnas.cgp import Function, Genotype, Grid, Phenotype
from evoapproxnas.config import GridConfig, SpaceConfig
from evoapproxnas.errors import ConfigError, NetworkRejected, unknown_name
from evoapproxnas.networks.builder import Group, Tensor
from evoapproxnas.networks.choices import value_lists
from evoapproxnas.networks.decode import BoundKind, Limits, decode, expand
from evoapproxnas.networks.kinds import NodeKind, find_kind
from evoapproxnas.networks.network import Network
from evoapproxnas.networks.ops import Shape

_MAX_RANDOM = 1000
_MAX_MUTANTS = 1000
_MAX_CHILDREN = 20


@dataclass(frozen=True)
class SearchSpace:
    """CNNs as genotypes of a CGP grid.

    Attributes:
        grid: the CGP grid; function `i` is `kinds[i]`.
        kinds: node kinds with their values.
        limits: what is rejected.
        input_shape: (height, width, channels) of the image.
        classes: number of logits.
        multipliers: names that a convolution chooses from.
        head_multiplier: name for the head's dense layer.
    """

    grid: Grid
    kinds: tuple[BoundKind, ...]
    limits: Limits
    input_shape: Shape
    classes: int
    multipliers: tuple[str, ...]
    head_multiplier: str

    @classmethod
    def from_config(
        cls,
        grid: GridConfig,
        space: SpaceConfig,
        *,
        input_shape: Shape,
        classes: int,
        multipliers: Sequence[str],
        head_multiplier: str = "exact8",
    ) -> "SearchSpace":
        """Bind the configured node kinds to their values.

        Args:
            grid: size and levels-back.
            space: node kinds, value lists, limits.
            input_shape: (height, width, channels).
            classes: at least 2.
            multipliers: names, patterns already expanded.
            head_multiplier: name for the head's dense layer, which is not searched.

        Raises:
            ConfigError: a list is empty or holds an unusable value, no node kind convolves, or
                the image is smaller than `space.min_spatial`.
            UnknownNameError: a node kind or activation is not known.
        """
        _check_task(space, input_shape, classes)
        lists = value_lists(space, multipliers)
        kinds = tuple(_bind(name, lists) for name in space.nodes)
        if not any(bound.kind.convolves for bound in kinds):
            raise ConfigError(
                f"space.nodes: expected a node kind with a convolution to approximate, "
                f"got {space.nodes}; add 'conv2d'"
            )
        functions = tuple(_function(bound) for bound in kinds)
        cgp_grid = Grid(grid.rows, grid.columns, grid.levels_back, 1, 1, functions)
        limits = Limits(**{name: getattr(space, name) for name in Limits.__dataclass_fields__})
        return cls(
            cgp_grid,
            kinds,
            limits,
            tuple(input_shape),
            classes,
            tuple(multipliers),
            head_multiplier,
        )

    def decode(self, genotype: Genotype) -> Network:
        """Return the network that a genotype expresses.

        Args:
            genotype: of this space's grid.

        Raises:
            NetworkRejected: it breaks a limit; see `networks.decode`.
            ConfigError: the genotype belongs to another grid.
        """
        return self._decode(genotype)[0]

    def with_multipliers(self, genotype: Genotype, assignment: Mapping[str, str]) -> Genotype:
        """Return the genotype whose nodes have the multipliers of an assignment.

        A node of several layers takes that of the layer that multiplies most; one whose
        multiplier this space does not offer keeps its own.

        Args:
            genotype: whose network the assignment is of.
            assignment: name by layer name.

        Raises:
            NetworkRejected: the network of the genotype is not valid.
        """
        network, nodes = self._decode(genotype)
        node_of = {op.name: nodes[op.node - 1] for op in network.ops if op.node <= len(nodes)}
        genes = genotype.genes.copy()
        rows = genes[: -self.grid.outputs].reshape(-1, self.grid.genes_per_node)
        for layer in sorted(network.approx_layers, key=lambda layer: layer.multiplications):
            name = assignment.get(layer.name, layer.multiplier)
            if layer.name in node_of and name in self.multipliers:
                node = node_of[layer.name]
                choices = list(self.kinds[int(rows[node, 0])].choices)
                place = 1 + self.grid.max_arity + choices.index("multiplier")
                rows[node, place] = self.multipliers.index(name)
        return Genotype(self.grid, genes)

    def _decode(self, genotype: Genotype) -> tuple[Network, tuple[int, ...]]:
        self.check(genotype)
        return decode(
            genotype,
            kinds=self.kinds,
            limits=self.limits,
            input_shape=self.input_shape,
            classes=self.classes,
            head_multiplier=self.head_multiplier,
        )

    def check(self, genotype: Genotype) -> None:
        """Raise `ConfigError` if a genotype belongs to another grid.

        Args:
            genotype: any.
        """
        if genotype.grid != self.grid:
            raise ConfigError(
                f"genotype: expected the grid of this search space "
                f"({self.grid.rows} x {self.grid.columns}, node kinds "
                f"{[bound.kind.name for bound in self.kinds]}), got another one"
            )

    def expand(self, program: Phenotype) -> tuple[list[Group], list[Tensor]]:
        """Return the operations of every node, and the maps: the image, then nodes' outputs.

        Nothing is checked against the limits, and nothing is in canonical order.

        Args:
            program: active nodes.
        """
        return expand(
            program,
            kinds=self.kinds,
            input_shape=self.input_shape,
            min_spatial=self.limits.min_spatial,
        )

    def random(self, rng: np.random.Generator) -> Genotype:
        """Draw a genotype whose network is valid, of any depth.

        Function, connection and parameter genes are uniform. The output gene is not, as it would
        favour shallow networks where limits are tight: a depth is drawn uniformly from what the
        limits and the drawn grid allow, then one of the nodes at this depth.

        Args:
            rng: where the genes come from.

        Raises:
            ConfigError: no draw was valid; the limits leave almost nothing.
        """
        reason = ""
        for _ in range(_MAX_RANDOM):
            genotype = self._aimed(cgp.random_genotype(self.grid, rng), rng)
            try:
                self.decode(genotype)
            except NetworkRejected as rejection:
                reason = str(rejection)
            else:
                return genotype
        raise ConfigError(
            f"search space: none of {_MAX_RANDOM} random networks is within the limits, the last "
            f"because: {reason}; widen the limits or offer smaller parameter values"
        )

    def mutate(self, genotype: Genotype, rng: np.random.Generator, rate: float) -> Genotype:
        """Return a mutant whose network is valid, and another one.

        Args:
            genotype: of the parent, which stays as it is.
            rng: where the choices come from.
            rate: probability of each gene, 0..1.

        Raises:
            ConfigError: the bounded number of tries gave no such network.
            NetworkRejected: the network of `genotype` itself is not valid.
        """
        parent = self.decode(genotype).key
        expressed = cgp.phenotype(genotype)

        def changed(mutant: Genotype) -> bool:
            return cgp.phenotype(mutant) != expressed and self._key(mutant) not in (None, parent)

        mutate = partial(cgp.mutate_rate, rate=rate)
        return cgp.mutate_until(genotype, rng, mutate, changed, max_tries=_MAX_MUTANTS)

    def crossover(self, a: Genotype, b: Genotype, rng: np.random.Generator) -> Genotype:
        """Return parents cut between two nodes and joined; `a` where no valid child is found.

        Args:
            a: one parent.
            b: the other one.
            rng: draws the cut.
        """
        for _ in range(_MAX_CHILDREN):
            child = cgp.one_point_crossover(a, b, rng)
            if self._key(child) is not None:
                return child
        return a

    def _key(self, genotype: Genotype) -> str | None:
        try:
            return self.decode(genotype).key
        except NetworkRejected:
            return None

    def _aimed(self, genotype: Genotype, rng: np.random.Generator) -> Genotype:
        """Point the output at a node of a depth drawn uniformly."""
        depths = cgp.node_depths(genotype)
        deepest = min(self.limits.max_depth, int(depths.max()))
        depth = int(rng.integers(min(self.limits.min_depth, deepest), deepest + 1))
        genes = genotype.genes.copy()
        genes[-1] = self.grid.inputs + int(rng.choice(np.flatnonzero(depths == depth)))
        return Genotype(self.grid, genes)


def _check_task(space: SpaceConfig, input_shape: Shape, classes: int) -> None:
    if len(input_shape) != 3 or min(input_shape) < 1 or classes < 2:
        raise ConfigError(
            f"search space: expected input_shape (height, width, channels) and at least 2 "
            f"classes, got {input_shape} and {classes}"
        )
    if min(input_shape[:2]) < space.min_spatial:
        raise ConfigError(
            f"search space: images of {input_shape[0]}x{input_shape[1]} pixels are below "
            f"space.min_spatial {space.min_spatial}; lower it"
        )


def _bind(name: str, lists: Mapping[str, Sequence[Any]]) -> BoundKind:
    kind = find_kind(name)
    return BoundKind(kind, {p.name: _values(kind, p.choices, lists) for p in kind.parameters})


def _values(
    kind: NodeKind, choices: str | tuple[Any, ...], lists: Mapping[str, Sequence[Any]]
) -> tuple[Any, ...]:
    if not isinstance(choices, str):
        return choices
    if choices not in lists:
        raise unknown_name(f"value list of node kind {kind.name!r}", choices, lists)
    return tuple(lists[choices])


def _function(bound: BoundKind) -> Function:
    sizes = tuple(len(values) for values in bound.choices.values())
    return Function(bound.kind.name, bound.kind.arity, sizes)
