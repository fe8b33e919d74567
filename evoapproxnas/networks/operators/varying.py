"""Operators tried until a child decodes into another, valid network."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evoapproxnas import cgp
from evoapproxnas.cgp import Genotype
from evoapproxnas.errors import ConfigError, NetworkRejected, unknown_name
from evoapproxnas.networks.network import Network
from evoapproxnas.networks.operators._registry import OPERATORS, Draft, Operator, Parent
from evoapproxnas.networks.operators.scope import Scope
from evoapproxnas.networks.operators.sketch import Origin, Sketch, Step

_SPACING = 1_000_000
"""Between the numbers of the steps of two parents."""


@dataclass(frozen=True)
class Variation:
    """A child.

    Attributes:
        genotype: its genes.
        network: what they decode to.
        operator: name of what made it.
        change: what is new, in words.
        origins: for each of its active nodes, in order, the parent's number and the position
            among that one's active nodes; None for a new node. Its genes may have changed.
    """

    genotype: Genotype
    network: Network
    operator: str
    change: str
    origins: tuple[Origin | None, ...]


def apply(
    scope: Scope,
    name: str,
    parents: Sequence[Genotype],
    rng: np.random.Generator,
    *,
    max_tries: int = 50,
) -> Variation | None:
    """Let one operator make a child whose network is valid, and none of its parents'.

    Args:
        scope: what the child may be.
        name: of the operator.
        parents: the first one is what is changed.
        rng: all choices.
        max_tries: proposals drawn before giving up.

    Returns:
        The child, or None if no proposal was one: there may be nothing that can be changed.

    Raises:
        UnknownNameError: for an unknown operator.
        ConfigError: for too few parents, or genotypes of another grid.
        NetworkRejected: the network of a parent is not valid.
    """
    if name not in OPERATORS:
        raise unknown_name("operator", name, OPERATORS)
    entry = OPERATORS[name]
    if len(parents) < entry.parents:
        raise ConfigError(
            f"operator {name!r}: expected {entry.parents} parents, got {len(parents)}"
        )
    used = parents[: entry.parents]
    keys = {scope.space.decode(genotype).key for genotype in used}
    given = [
        Parent(genotype, Sketch.of(genotype, parent=number, first=number * _SPACING))
        for number, genotype in enumerate(used)
    ]
    for _ in range(max_tries):
        draft = entry.propose(scope, given, rng)
        child = None if draft is None else _child(scope, entry, given, draft, rng)
        if child is not None and child.network.key not in keys:
            return child
    return None


def vary(
    scope: Scope,
    parents: Sequence[Genotype],
    rng: np.random.Generator,
    weights: Mapping[str, float],
) -> Variation:
    """Draw operators until one makes a child.

    Args:
        scope: what the child may be.
        parents: at least one; operators that need more than there are, are not drawn.
        rng: all choices.
        weights: of the operators, by name; need not add up to 1.

    Raises:
        UnknownNameError: for an unknown operator.
        ConfigError: no operator made a child.
        NetworkRejected: the network of a parent is not valid.
    """
    unknown = [name for name in weights if name not in OPERATORS]
    if unknown:
        raise unknown_name("operator", unknown[0], OPERATORS)
    left = {n: w for n, w in weights.items() if w > 0 and OPERATORS[n].parents <= len(parents)}
    while left:
        shares = np.array(list(left.values())) / sum(left.values())
        name = list(left)[int(rng.choice(len(left), p=shares))]
        child = apply(scope, name, parents, rng)
        if child is not None:
            return child
        del left[name]
    raise ConfigError(
        f"variation: none of the operators {sorted(weights)} made another valid network; "
        f"give more of them a weight, or widen the value lists and limits of the space"
    )


def _child(
    scope: Scope,
    entry: Operator,
    parents: Sequence[Parent],
    draft: Draft,
    rng: np.random.Generator,
) -> Variation | None:
    program, steps = draft.sketch.program()
    if not all(_allowed(scope, step, parents) for step in steps):
        return None
    grid = scope.space.grid
    try:
        places = cgp.find_places(grid, program, [step.place for step in steps])
        base = draft.base or parents[0].genotype
        genotype = cgp.express(grid, program, rng, base=base, wanted=places)
        network = scope.space.decode(genotype)
    except (ConfigError, NetworkRejected):
        return None
    origin = {place: step.origin for place, step in zip(places, steps, strict=True)}
    origins = tuple(origin[place] for place in cgp.active_nodes(genotype).tolist())
    return Variation(genotype, network, entry.name, draft.change, origins)


def _allowed(scope: Scope, step: Step, parents: Sequence[Parent]) -> bool:
    """Whether the values of a node are allowed, or those that a parent has."""
    if step.origin is not None:
        number, position = step.origin
        before = list(parents[number].sketch.steps.values())[position]
        if (before.function, before.parameters) == (step.function, step.parameters):
            return True
    return scope.allows(step.function, step.parameters)
