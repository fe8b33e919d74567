"""The first generation, whatever searches from there."""

from collections.abc import Sequence

from evoapproxnas import seeds
from evoapproxnas.config import RunConfig
from evoapproxnas.problems import Parent, Problem
from evoapproxnas.records import CandidateId, WarmStart
from evoapproxnas.search.ledger import Ledger
from evoapproxnas.search.proposing import Proposal, draw, place_draft, vary


def start(
    problem: Problem,
    ledger: Ledger,
    config: RunConfig,
    warm: Sequence[WarmStart],
    place: CandidateId,
) -> Proposal:
    """Begin with the warm starts; the first generation is completed as `search.fill` says.

    Args:
        problem: draws and varies.
        ledger: knows what is taken.
        config: its seed, and `search.fill`.
        warm: the first candidates of generation 0.
        place: of the candidate; later generations are drawn.
    """
    if place.generation or not warm:
        return draw(problem, place, seed=config.seed)
    if place.index < len(warm):
        return place_draft(place, warm[place.index].draft)
    if config.search.fill == "draw":
        return draw(problem, place, seed=config.seed)
    starts = [
        Parent(place_draft(CandidateId(0, index), beginning.draft).candidate)
        for index, beginning in enumerate(warm)
    ]
    rng = seeds.generator(config.seed, 0, place.index, "parent selection")
    other = starts[int(rng.integers(len(starts)))]
    parents = starts[place.index % len(starts)], other
    taken = {beginning.draft.key for beginning in warm} | set(ledger.first_of_key)
    return vary(problem, place, parents, seed=config.seed, taken=taken)
