"""How candidates of a problem compare under a configuration."""

from evoapproxnas.config import RunConfig
from evoapproxnas.constraints import Limit, Ranking
from evoapproxnas.problems.protocol import Problem


def make_ranking(problem: Problem, config: RunConfig) -> Ranking:
    """Say what a run minimizes, under which limits; each figure has the direction it is good in.

    Args:
        problem: that knows the figures.
        config: names objectives and limits.

    Raises:
        UnknownNameError: for a figure that the problem does not have.
    """
    return Ranking(
        {name: problem.figure(name).direction for name in config.search.objectives},
        tuple(
            Limit(name, problem.figure(name).direction, value)
            for name, value in config.search.limits.items()
        ),
    )
