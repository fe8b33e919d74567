"""Whether the sizes of the lists make accelerators that can hold networks at all."""

from collections.abc import Iterator

import numpy as np

from evoapproxnas import seeds
from evoapproxnas.errors import CandidateError, ConfigError
from evoapproxnas.problems.cosearch.pricing import Pricing
from evoapproxnas.problems.layered import LayeredProblem
from evoapproxnas.records import Candidate

_PROBES = 8
"""Networks of which an accelerator has to hold one."""
_TRIED = 64
"""Accelerators with a value, of which one has to."""


def check_sizes(problem: LayeredProblem, pricing: Pricing, *, seed: int) -> None:
    """Refuse a value of a list with which no accelerator can hold any network.

    Args:
        problem: has networks.
        pricing: has the grid.
        seed: of the run; some networks are drawn.

    Raises:
        ConfigError: naming the value.
    """
    grid = pricing.grid
    rng = seeds.generator(seed, 0, 0, "networks that accelerators have to hold")
    demands = [problem.demand(probe, {}) for probe in _drawn(problem, rng)]
    for axis, size in enumerate(grid.domains):
        for gene in range(size if demands else 0):
            tried = grid.containing(axis, gene, _TRIED)
            if not any(pricing.on(demand, [genes]) for genes in tried for demand in demands):
                raise ConfigError(
                    f"{grid.key(axis, gene)} makes no accelerator that can hold a network of this "
                    f"problem, such as {grid.name(tried[0])}: a memory has no room for one tile "
                    "of a layer; enlarge buffers, or make the array smaller"
                )


def _drawn(problem: LayeredProblem, rng: np.random.Generator) -> Iterator[Candidate]:
    """Draw some candidates; none of a space that seems to be empty."""
    for _ in range(_PROBES):
        try:
            yield problem.draw(rng).at()
        except (ConfigError, CandidateError):
            return
