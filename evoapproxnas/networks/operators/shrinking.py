"""Space shrinking: values that do badly are no longer allowed."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from statistics import fmean
from typing import Any

from evoapproxnas.cgp import Genotype, phenotype
from evoapproxnas.errors import ConfigError
from evoapproxnas.networks.operators.scope import Allowed
from evoapproxnas.networks.space import SearchSpace

PARAMETERS = ("channels", "kernel", "factor", "activation", "multiplier")
"""Those that shrink by default."""

Ranks = dict[Any, list[float]]
"""Ranks of the networks that have a value, by value."""


def shrunk(
    space: SearchSpace,
    outcomes: Sequence[tuple[Genotype, float]],
    *,
    allowed: Allowed | None = None,
    parameters: Collection[str] = PARAMETERS,
    fewest: int = 2,
    evidence: int = 5,
) -> dict[str, tuple[Any, ...]]:
    """Return the values that stay allowed: of each parameter, the worst one goes.

    A value is as bad as the mean rank of the networks with an active node that has it. It goes
    if that is above the mean rank of all networks with any value of the parameter. Call it every
    few generations, with what it returned before; operators do not use what is gone for new
    nodes and changes, and nodes that have it may keep it.

    Source: the idea is that of Hu et al., "Angle-based Search Space Shrinking for Neural
    Architecture Search", ECCV 2020, with ranks for angles.

    Args:
        space: that the genotypes belong to.
        outcomes: genotypes and their ranks in the search: lower is better.
        allowed: before; all values, where nothing is said.
        parameters: names of those that shrink, in any node kind.
        fewest: values that a parameter keeps at least.
        evidence: networks that must have had a value before it goes.

    Raises:
        ConfigError: `fewest` or `evidence` is below 1, or a genotype is of another grid.
    """
    if fewest < 1 or evidence < 1:
        raise ConfigError(
            f"space shrinking: expected fewest and evidence of at least 1, got {fewest} and "
            f"{evidence}"
        )
    ranks = _ranks(space, outcomes)
    left = {key: tuple(values) for key, values in (allowed or {}).items()}
    for bound in space.kinds:
        for name in (name for name in bound.choices if name in parameters):
            key = f"{bound.kind.name}.{name}"
            values = left.get(key, tuple(bound.choices[name]))
            worst = _worst(ranks[key], values, evidence)
            if worst is not None and len(values) > fewest:
                left[key] = tuple(value for value in values if value != worst)
    return left


def _ranks(
    space: SearchSpace, outcomes: Sequence[tuple[Genotype, float]]
) -> defaultdict[str, Ranks]:
    ranks: defaultdict[str, Ranks] = defaultdict(dict)
    for genotype, rank in outcomes:
        space.check(genotype)
        used = {
            (f"{space.kinds[node.function].kind.name}.{name}", value)
            for node in phenotype(genotype).nodes
            for name, value in space.kinds[node.function].values(node.parameters).items()
        }
        for key, value in used:
            ranks[key].setdefault(value, []).append(rank)
    return ranks


def _worst(ranks: Ranks, values: Sequence[Any], evidence: int) -> Any:
    """Return the value that goes, or None."""
    means = {v: fmean(ranks[v]) for v in values if len(ranks.get(v, ())) >= evidence}
    if not means:
        return None
    worst = max(means, key=means.__getitem__)
    average = fmean(rank for value in values for rank in ranks.get(value, ()))
    return worst if means[worst] > average else None
