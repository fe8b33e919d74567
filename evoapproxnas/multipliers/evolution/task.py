"""What an evolution is to do, and the figures by which it is judged."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from evoapproxnas.cgp import Genotype
from evoapproxnas.circuits import Netlist, OperandDistribution, product_table, uniform_operands
from evoapproxnas.circuits.cgp_form import node_count, to_genotype
from evoapproxnas.errors import ConfigError, unknown_name
from evoapproxnas.multipliers.error_metrics import error_figures
from evoapproxnas.multipliers.evolution.layer_error import layer_mse

METRICS = ("mae_pct", "ep_pct", "wce_pct", "mse", "mre_pct", "layer_mse")
"""Errors that can be bounded; with operands other than uniform ones, weighted by them.

`layer_mse` is what a layer keeps of the error, see `layer_error`; the others are those of
`error_figures`.
"""

_LEAST = (("seed", 0), ("mutations", 1), ("children", 1), ("bound", 0), ("spare", 0))


@dataclass(frozen=True)
class EvolutionTask:
    """Minimize the power of a circuit while one of its error figures stays within a bound.

    Attributes:
        start: the circuit to begin with, within the bound.
        metric: one of `METRICS`.
        bound: largest value of the metric, in its unit.
        signed: whether operands and product are two's complement.
        operands: how often codes occur, in the error and in the power.
        seed: of the random numbers, not negative.
        mutations: most genes to change in one child.
        children: per generation, the lambda of (1 + lambda).
        spare: nodes of the grid beyond those of the start and a tenth more.

    Raises:
        UnknownNameError: if there is no such metric.
        ConfigError: if a number is out of range, or the start exceeds the bound.
    """

    start: Netlist
    metric: str = "mae_pct"
    bound: float = 0.1
    signed: bool = False
    operands: OperandDistribution | None = None
    seed: int = 0
    mutations: int = 5
    children: int = 4
    spare: int = 0

    def __post_init__(self) -> None:
        """Check all of it."""
        if self.metric not in METRICS:
            raise unknown_name("error figure", self.metric, METRICS)
        for key, least in _LEAST:
            if not getattr(self, key) >= least:
                raise ConfigError(f"{key}: expected at least {least}, got {getattr(self, key)}")
        if not self.start.cells:
            raise ConfigError("evolution starts from a circuit of at least one cell, got none")
        if not self.allows(self.start):
            raise ConfigError(
                f"the start has {self.metric} = {self.error(self.start):.6g}, above the bound "
                f"{self.bound:.6g}; start from a circuit within it, such as the exact one, and "
                f"mind that it is {'signed' if self.signed else 'unsigned'}"
            )

    @cached_property
    def genotype(self) -> Genotype:
        """The start as a genotype."""
        return to_genotype(self.start, node_count(self.start) * 11 // 10 + self.spare)

    @property
    def distribution(self) -> OperandDistribution:
        """The operands, uniform by default."""
        return self.operands or uniform_operands()

    def error(self, netlist: Netlist) -> float:
        """Return the metric of a circuit, exactly.

        Args:
            netlist: the circuit.
        """
        table = product_table(netlist, signed=self.signed)
        if self.metric == "layer_mse":
            return layer_mse(table, signed=self.signed, operands=self.distribution)
        figures = error_figures(table, signed=self.signed, operands=self.operands)
        return float(getattr(figures, self.metric))

    def allows(self, netlist: Netlist) -> bool:
        """Tell whether a circuit is within the bound.

        Args:
            netlist: the circuit.
        """
        return self.error(netlist) <= self.bound * (1 + 1e-9)

    def operand_codes(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return activation and weight codes that stand for the distribution, shape (256,) each.

        They are its quantiles, so that any pair of them is equally likely: uniform operands give
        every code once. What they miss, seldom codes, `allows` sees.
        """
        quantiles = (np.arange(256) + 0.5) / 256
        return tuple(  # type: ignore[return-value]
            np.searchsorted(np.cumsum(probabilities)[:-1], quantiles).astype(np.int64)
            for probabilities in (self.distribution.activations, self.distribution.weights)
        )

    @cached_property
    def digest(self) -> str:
        """Identity of the task, for checkpoints: SHA-256 in hexadecimal."""
        sha = hashlib.sha256(self.genotype.genes.astype("<i8").tobytes())
        sha.update(self.distribution.pairs.astype("<f8").tobytes())
        text = (self.metric, self.bound, self.signed, self.seed, self.mutations, self.children)
        sha.update(repr(text).encode())
        return sha.hexdigest()
