"""Policies that draw the values of genes, trained by REINFORCE on scalarized rewards.

The controllers of reinforcement learning for architecture search (Zoph and Le 2017; MnasNet, Tan
et al. 2019) without their recurrent network: genes are drawn independently of each other. One
policy comes to one compromise, so there are several, each with weights of its own.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from evoapproxnas import seeds
from evoapproxnas.config import RunConfig
from evoapproxnas.errors import CandidateError
from evoapproxnas.records import CandidateId, Draft, Failure, Rejection
from evoapproxnas.search.algorithms.one_by_one import OneByOne
from evoapproxnas.search.algorithms.options import read_options
from evoapproxnas.search.algorithms.policy import Policy
from evoapproxnas.search.algorithms.scalar import Scalar, ScalarOptions
from evoapproxnas.search.proposing import Proposal, draw, place_draft

_TRIES = 100
"""Samples for a candidate until one is valid and new to the run."""
_WARMING = 10
"""After so many that are not, the temperature of a policy is twice what it was, and so on."""
_MOST = 3.0
"""Advantage beyond which a single candidate, far beyond a limit perhaps, would decide a policy."""


@dataclass(frozen=True)
class ReinforceOptions(ScalarOptions):
    """Options of the search.

    Attributes:
        policies: how many there are; weights are spread evenly over them, unless given.
        learning_rate: of the logits.
        baseline: how much of the expected reward is kept when a new one comes.
        entropy: weight of the policies' entropy, which keeps them from settling early.
    """

    policies: Annotated[int, Field(ge=1, le=1000)] = 4
    learning_rate: Annotated[float, Field(gt=0, le=1e3)] = 0.3
    baseline: Annotated[float, Field(ge=0, lt=1)] = 0.9
    entropy: Annotated[float, Field(ge=0, le=1e3)] = 0.05


class _Expected:
    """Mean and spread of rewards so far, the latest ones the most."""

    def __init__(self, kept: float) -> None:
        self._kept, self._mean, self._spread = kept, 0.0, 0.0
        self._seen = 0

    def advantage(self, reward: float) -> float:
        """How much more than expected a reward is, in units of their spread."""
        self._seen += 1
        kept = min(self._kept, 1 - 1 / self._seen)
        ahead = reward - self._mean
        self._spread = kept * self._spread + (1 - kept) * abs(ahead) * (self._seen > 1)
        self._mean += (1 - kept) * ahead
        if self._spread == 0:
            return 0.0
        return min(max(ahead / self._spread, -_MOST), _MOST)


class Reinforce(OneByOne):
    """Candidates are drawn by the policies in turn; each learns from its own."""

    begins_at_random = False

    def _prepare(self, config: RunConfig) -> None:
        """Start with uniform policies."""
        options = read_options(ReinforceOptions, config)
        self._scalar = Scalar(self._ledger, options)
        rng = seeds.generator(config.seed, 0, 0, "weights of policies")
        self._weights = self._scalar.spread(options.policies, rng)
        self._expected = [_Expected(options.baseline) for _ in self._weights]
        self._unsettled: dict[CandidateId, None] = {}
        """What was proposed and is not learned from yet."""
        self._policies = [
            Policy(
                self._problem.domains(),
                learning_rate=options.learning_rate,
                entropy=options.entropy,
            )
            for _ in self._weights
        ]

    def _number(self, place: CandidateId) -> int:
        """Which policy draws a candidate: it follows from the place, in a resumed run, too."""
        born = place.generation * self._config.search.population + place.index
        return born % len(self._policies)

    def _propose(self, place: CandidateId, taken: Collection[str]) -> Proposal:
        proposal = self._sampled(place, taken)
        if proposal.failure is None:
            self._unsettled[place] = None
        return proposal

    def _sampled(self, place: CandidateId, taken: Collection[str]) -> Proposal:
        rng = seeds.generator(self._seed, place.generation, place.index, "policy")
        policy = self._policies[self._number(place)]
        known: Draft | None = None
        for tried in range(_TRIES):
            try:
                draft = self._problem.draft(policy.sample(rng, 2.0 ** (tried // _WARMING)))
            except CandidateError:
                continue  # A sample that means nothing is no candidate; the next one may be.
            if draft.key not in taken:
                return place_draft(place, draft)
            known = known or draft
        if known is not None:
            return place_draft(place, known)
        return draw(self._problem, place, seed=self._seed, taken=taken)

    def tell(self, generation: int, places: Sequence[CandidateId]) -> tuple[CandidateId, ...]:
        """Train the policies; the search goes on from them, and from no candidate.

        What failed, or is beyond a limit and was not evaluated, is as bad as a candidate can be.
        """
        told = dict.fromkeys(places)
        lost = [p for p in self._unsettled if p not in told and self._came_to_nothing(p)]
        for place in sorted([*places, *lost]):
            number = self._number(place)
            advantage = self._advantage(place, number) if place in told else -_MOST
            values = self._problem.values(self._ledger.candidates[place])
            self._policies[number].learn(values, advantage)
            self._unsettled.pop(place, None)
        return ()

    def _came_to_nothing(self, place: CandidateId) -> bool:
        return isinstance(self._ledger.outcomes.get(place), Failure | Rejection)

    def _advantage(self, place: CandidateId, number: int) -> float:
        points = self._ledger.points([place])
        score = float(self._scalar.scores(points, self._weights[number]).min())
        return self._expected[number].advantage(-score)
