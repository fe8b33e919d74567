"""What turns parents into a child: small, named changes of genotypes.

    scope = Scope(space, energy_pj=energy_by_multiplier)
    variation = vary(scope, [parent, other], rng, weights())   # or apply(scope, "kernel", ...)
    variation.genotype, variation.network, variation.change, variation.origins

- `scope`: the space, the values that are still allowed, the order of the multipliers.
- `sketch`: a genotype's active nodes as a graph that is easily changed.
- `one_gene`, `channels` (and width), `kernel`, `insertion` (and stage), `removal`, `multiplier`,
  `subgraph`: the operators; `maps` says what flows between nodes.
- `varying`: tries them until a child decodes into another, valid network.
- `rates`: probabilities of operators by their recent success.
- `shrinking`: values that do badly are no longer allowed.

An operator is one file here and one import below:

    @operator(weight=1.0)
    def stride(scope, parents, rng):
        '''Say what it does.'''
        ...
        return Draft(parents[0].sketch.with_parameter(step, slot, gene), "stride of ...")

It returns None where it finds nothing to do; it needs not care for limits of the space.
"""

from evoapproxnas.networks.operators import (
    channels,
    insertion,
    kernel,
    multiplier,
    one_gene,
    removal,
    subgraph,
)
from evoapproxnas.networks.operators._registry import (
    OPERATORS,
    Draft,
    Operator,
    Parent,
    operator,
    weights,
)
from evoapproxnas.networks.operators.rates import Rates
from evoapproxnas.networks.operators.scope import Allowed, Scope
from evoapproxnas.networks.operators.shrinking import PARAMETERS, shrunk
from evoapproxnas.networks.operators.varying import Variation, apply, vary

__all__ = [
    "Allowed",
    "Draft",
    "OPERATORS",
    "Operator",
    "PARAMETERS",
    "Parent",
    "Rates",
    "Scope",
    "Variation",
    "apply",
    "channels",
    "insertion",
    "kernel",
    "multiplier",
    "one_gene",
    "operator",
    "removal",
    "shrunk",
    "subgraph",
    "vary",
    "weights",
]
