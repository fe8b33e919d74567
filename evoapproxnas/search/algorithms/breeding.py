"""What searches share that vary candidates."""

from collections.abc import Sequence

from evoapproxnas.config import RunConfig
from evoapproxnas.pareto import non_dominated_sort
from evoapproxnas.problems import Lesson, Parent
from evoapproxnas.records import CandidateId, PointId
from evoapproxnas.search.ledger import Ledger


def parent_of(ledger: Ledger, point: PointId, config: RunConfig) -> Parent:
    """A candidate as a parent, with what it was chosen by if children take that over.

    That is its accelerator, and its assignment where these are chosen for every candidate.
    """
    candidate, chosen = ledger.candidates[point.candidate], ledger.point(point)
    if not (config.assignment.enabled and config.assignment.lamarckian):
        return Parent(candidate, accelerator=chosen.accelerator)
    return Parent(candidate, chosen.assignment, chosen.accelerator)


def lessons(
    ledger: Ledger,
    pool: Sequence[PointId],
    places: Sequence[CandidateId],
    survivors: Sequence[CandidateId],
) -> list[Lesson]:
    """What became of candidates, for `Problem.learned`.

    Args:
        ledger: knows their figures.
        pool: all points that were selected from.
        places: which candidates, in order of birth.
        survivors: whom the search goes on from.
    """
    rank: dict[CandidateId, int] = {}
    for point, found in zip(pool, non_dominated_sort(ledger.vectors(pool)).tolist(), strict=True):
        rank[point.candidate] = min(found, rank.get(point.candidate, found))
    alive = set(survivors)
    return [
        Lesson(ledger.candidates[place], rank[place], place in alive)
        for place in places
        if place in rank
    ]
