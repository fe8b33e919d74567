"""Candidates with a place in the run: drawn at random, or varied from parents.

Every candidate draws from its own generator, so a generation depends only on the run's seed and
on the outcomes before it. Where none can be made, the candidate is a `Failure` from the start.
"""

from collections.abc import Collection
from dataclasses import dataclass

from evoapproxnas import seeds
from evoapproxnas.errors import CandidateError, ConfigError
from evoapproxnas.problems import Parent, Problem
from evoapproxnas.records import Candidate, CandidateId, Draft, Failure

_TRIES = 20
"""Candidates that are made for a place until one is new to the run."""


@dataclass(frozen=True)
class Proposal:
    """A candidate to evaluate, or to record as failed at once."""

    candidate: Candidate
    failure: Failure | None = None


def draw(
    problem: Problem, place: CandidateId, *, seed: int, taken: Collection[str] = ()
) -> Proposal:
    """Draw a candidate without parents, again while it is one of those taken."""
    rng = seeds.generator(seed, place.generation, place.index, "initial genotype")
    try:
        for _ in range(_TRIES):
            draft = problem.draw(rng)
            if draft.key not in taken:
                break
        return Proposal(_candidate(place, draft))
    except (ConfigError, CandidateError) as error:
        nothing = Candidate(place, (), key=f"nothing at {place}", network="null")
        return Proposal(nothing, Failure("unvaried", str(error)))


def vary(
    problem: Problem,
    place: CandidateId,
    parents: tuple[Parent, Parent],
    *,
    seed: int,
    taken: Collection[str],
    tried: int = 0,
) -> Proposal:
    """Vary parents until the candidate is new to the run; in a small space it may be a known one.

    Args:
        problem: varies.
        place: of the candidate.
        parents: without crossover only the first counts.
        seed: of the run.
        taken: keys of all candidates before.
        tried: how many other parents were varied for this place before.
    """
    purpose = f"variation {tried}" if tried else "variation"
    rng = seeds.generator(seed, place.generation, place.index, purpose)
    try:
        for _ in range(_TRIES):
            draft = problem.vary(parents, rng)
            if draft.key not in taken:
                break
    except (ConfigError, CandidateError) as error:
        same = parents[0].candidate
        copy = Candidate(
            place, same.genes, same.key, same.network, (same.id,), same.architecture_key
        )
        return Proposal(copy, Failure("unvaried", str(error)))
    return Proposal(_candidate(place, draft, tuple(parent.candidate for parent in parents)))


def place_draft(place: CandidateId, draft: Draft) -> Proposal:
    """Give a draft that is there already its place."""
    return Proposal(_candidate(place, draft))


def _candidate(place: CandidateId, draft: Draft, parents: tuple[Candidate, ...] = ()) -> Candidate:
    used = tuple(parent.id for parent in parents[: draft.parents_used])
    return Candidate(
        *(place, draft.genes, draft.key, draft.network, used),
        architecture_key=draft.architecture_key,
        operator=draft.operator,
    )
