"""Figures of a network on accelerators, and which accelerators are worth a point."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from evoapproxnas.config import MULTIPLIER_ENERGY, HardwareConfig
from evoapproxnas.constraints import Ranking
from evoapproxnas.errors import ConfigError
from evoapproxnas.hardware.accelerators import SystemCost, data_cost, system_cost
from evoapproxnas.objectives.system import system_figures
from evoapproxnas.pareto import non_dominated
from evoapproxnas.problems.cosearch.grid import Genes, Grid
from evoapproxnas.problems.layered import Demand
from evoapproxnas.records import Point

Figures = Mapping[str, float]


@dataclass(frozen=True)
class Pricing:
    """Prices networks on the grid of a run.

    Attributes:
        grid: of accelerators.
        config: which of them count.
        names: figures that are asked for.
        ranking: of the run; its limits decide what is feasible.
    """

    grid: Grid
    config: HardwareConfig
    names: tuple[str, ...]
    ranking: Ranking

    @property
    def has_genes(self) -> bool:
        """Whether candidates have genes for hardware."""
        return self.config.search == "genes"

    @property
    def whole(self) -> bool:
        """Whether every training is priced on all accelerators."""
        return not self.has_genes or self.grid.size <= self.config.priced

    def accelerators(self, genes: Genes) -> Sequence[Genes]:
        """Those that a training is priced on.

        Args:
            genes: of the candidate; empty where it has none.
        """
        if self.whole:
            return list(self.grid.all())
        return self.grid.around(genes, self.config.priced)

    def on(self, demand: Demand, accelerators: Iterable[Genes]) -> dict[Genes, Figures]:
        """Figures on the accelerators that can hold all layers, by these.

        Raises:
            MultiplierError: for a figure that a multiplier does not have.
        """
        found: dict[Genes, Figures] = {}
        cost: SystemCost | None = None
        for genes in accelerators:
            accelerator = self.grid.accelerator(genes)
            try:
                if cost is None:
                    cost = system_cost(demand.workload, demand.multipliers, accelerator)
                else:
                    cost = SystemCost(data_cost(demand.workload, accelerator), cost.multipliers)
            except ConfigError:  # A layer that this one cannot hold; another one may.
                continue
            energy = {MULTIPLIER_ENERGY: cost.multiplier_nj}
            found[genes] = {**energy, **system_figures(cost, self.names)}
        return found

    def best(self, rows: Mapping[Genes, Figures]) -> Genes:
        """The accelerator with the best `inner_objective` among those within the limits.

        Where there are none, the one that is least beyond them.
        """
        objective = self.config.inner_objective
        return min(rows, key=lambda g: (self.ranking.violation(rows[g]), rows[g][objective]))

    def bound(self, rows: Mapping[Genes, Figures]) -> Figures:
        """The best that figures can come to on one accelerator or another.

        Where none is within the limits, the figures of one that is least beyond them.
        """
        excess = {genes: self.ranking.violation(figures) for genes, figures in rows.items()}
        if min(excess.values()) > 0:
            return rows[min(excess, key=lambda genes: excess[genes])]
        within = [rows[genes] for genes in rows if not excess[genes]]
        return {
            **within[0],
            **{name: min(figures[name] for figures in within) for name in self.names},
        }

    def points(self, point: Point, demand: Demand, accelerators: Sequence[Genes]) -> list[Point]:
        """Put a trained network with its multipliers on accelerators.

        Args:
            point: its figures that do not depend on them.
            demand: of the network with these multipliers.
            accelerators: that count.

        Returns:
            A point for each that can hold it; `inner` takes the best alone.
        """
        rows = {
            genes: {**figures, **point.metrics}
            for genes, figures in self.on(demand, accelerators).items()
        }
        if rows and self.config.search == "inner":
            best = self.best(rows)
            rows = {best: rows[best]}
        return [
            replace(point, metrics=metrics, accelerator=self.grid.name(genes))
            for genes, metrics in rows.items()
        ]

    def front(self, points: Sequence[Point]) -> list[Point]:
        """Those that nothing dominates; of several beyond the limits, the least so."""
        keep = non_dominated(self.ranking.vectors(point.metrics for point in points))
        return [point for point, kept in zip(points, keep, strict=True) if kept]
