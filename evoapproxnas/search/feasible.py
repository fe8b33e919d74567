"""Limits that nothing can meet, found out before anything is trained.

What breaks a limit at the best that it can come to (cheap figures as they are, an error of 0) is
never trained, so where nothing is within the limits a campaign would only reject. Whether anything
is, a short search for it tells: candidates drawn at random, then the one that is least beyond the
limits varied.
"""

from collections.abc import Iterator

import numpy as np

from evoapproxnas import seeds
from evoapproxnas.constraints import Ranking
from evoapproxnas.errors import CandidateError, ConfigError
from evoapproxnas.problems import Parent, Problem
from evoapproxnas.records import Candidate

_DRAWN, _VARIED = 50, 150


def check_limits(problem: Problem, ranking: Ranking, *, seed: int) -> None:
    """Refuse limits that no candidate seems to meet.

    Args:
        problem: draws, varies and bounds candidates.
        ranking: has the limits.
        seed: of the run.

    Raises:
        ConfigError: with the figures of what came nearest.
        EvoApproxNASError: for candidates to begin with that cannot be read.
    """
    if not ranking.limits:
        return
    nearest: dict[str, float] | None = None
    for bound in _searched(problem, ranking, seed):
        if not ranking.broken(bound):
            return
        nearest = bound
    if nearest is None or any(
        not ranking.broken(problem.bound(start.draft.at())) for start in problem.warm_starts()
    ):
        return
    broken = ranking.broken(nearest)
    figures = ", ".join(f"{limit.name} {nearest[limit.name]:.4g}" for limit in broken)
    asked = ", ".join(map(str, ranking.limits))
    raise ConfigError(
        f"search.limits: of {_DRAWN + _VARIED} candidates, drawn and then varied towards the "
        f"limits, none is within all of {asked}; the one that came nearest has {figures} at best. "
        "Raise the limits, or widen what is searched: sections space and hardware"
    )


def _searched(problem: Problem, ranking: Ranking, seed: int) -> Iterator[dict[str, float]]:
    """Yield bounds of candidates that are ever less beyond the limits."""
    rng = seeds.generator(seed, 0, 0, "whether limits can be met")
    best: Candidate | None = None
    least = np.inf
    for number in range(_DRAWN + _VARIED):
        try:
            if best is None or number < _DRAWN:
                draft = problem.draw(rng)
            else:
                draft = problem.vary((Parent(best), Parent(best)), rng)
        except (CandidateError, ConfigError) as error:
            if best is None and isinstance(error, ConfigError):
                return  # An empty space is told of by the campaign.
            continue
        candidate = draft.at()
        bound = dict(problem.bound(candidate))
        if (excess := ranking.violation(bound)) < least:
            best, least = candidate, excess
            yield bound
