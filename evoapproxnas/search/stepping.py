"""Which steps candidates take: what each begins with, and for how long it is trained.

A candidate of a known architecture is only measured, with the weights that are there. A child
begins with its parent's. Rungs are the budgets of the steps that follow each other.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from evoapproxnas.config import InheritanceConfig, RungsConfig
from evoapproxnas.problems import Source, Step
from evoapproxnas.records import Candidate, CandidateId, StepId
from evoapproxnas.search.ledger import Ledger


class Steps:
    """Plans steps from what the ledger knows."""

    def __init__(self, ledger: Ledger, rungs: RungsConfig, inheritance: InheritanceConfig) -> None:
        """Remember what decides steps."""
        self._ledger = ledger
        self._budgets = rungs.passes
        self._inheritance = inheritance

    @property
    def rungs(self) -> int:
        """How many rungs there are."""
        return max(1, len(self._budgets))

    def first(
        self, candidate: Candidate, warm: Source | None = None, *, to_the_end: bool = False
    ) -> Step:
        """The first step of a candidate.

        Args:
            candidate: the candidate.
            warm: weights that it came with.
            to_the_end: it is to come to the last rung at once.
        """
        name = StepId(candidate.id)
        passes = float(self._budgets[-1 if to_the_end else 0]) if self._budgets else None
        final = to_the_end or len(self._budgets) < 2
        if not self._inheritance.enabled:
            return Step(name, passes, warm, final=final)
        known = self._ledger.trained.get(candidate.architecture_key)
        if known is not None and candidate.architecture_key:
            return Step(name, 0.0, self._ledger.source(known), final=True)
        source = warm
        for parent in candidate.parents[:1]:
            if (weights := self._best_weights(parent)) is not None:
                source = self._ledger.source(weights, points_of=parent)
        rate = 1.0 if source is None else self._inheritance.rate
        return Step(name, passes, source, final=final, rate=rate)

    def _best_weights(self, place: CandidateId) -> StepId | None:
        """Those of its architecture that had the most passes, by whichever candidate."""
        own = self._ledger.weights(place)
        best = self._ledger.trained.get(self._ledger.candidates[place].architecture_key)
        return own if own is None or best is None else best

    def next_rung(self, place: CandidateId, rung: int) -> Step:
        """The step that takes a candidate from the rung before to this one."""
        passes = float(self._budgets[rung] - self._budgets[rung - 1])
        final = rung + 1 == len(self._budgets)
        began = self._ledger.evaluations[StepId(place)].training
        inherited = began is not None and began.inherited_from is not None
        rate = self._inheritance.rate if inherited else 1.0
        return self._further(place, passes, final=final, rate=rate)

    def matching(self, generation: Iterable[CandidateId]) -> list[Step]:
        """Train parents on that their children beat, for as long as these were trained.

        A child goes on from its parent's weights: what it gains by that alone is not its own
        (Real et al., "Large-Scale Evolution of Image Classifiers", 2017, and others inherit
        without such a comparison).
        """
        if not (self._inheritance.enabled and self._inheritance.match_parents):
            return []
        wanted: dict[CandidateId, float] = {}
        for place in generation:
            for parent in self._ledger.candidates[place].parents[:1]:
                excess = self._excess(place, parent)
                if excess > 0 and self._beats(place, parent):
                    wanted[parent] = max(excess, wanted.get(parent, 0.0))
        rate = self._inheritance.rate
        return [
            self._further(place, passes, final=True, rate=rate) for place, passes in wanted.items()
        ]

    def _excess(self, child: CandidateId, parent: CandidateId) -> float:
        """Passes that a child's weights have had beyond those of its parent."""
        ours, theirs = self._ledger.weights(child), self._ledger.weights(parent)
        if ours is None or theirs is None or ours.candidate != child or theirs.candidate != parent:
            return 0.0
        return self._ledger.passes(ours) - self._ledger.passes(theirs)

    def _beats(self, child: CandidateId, parent: CandidateId) -> bool:
        """Whether a point of the child dominates one that its parent has on the front of both."""
        ours = self._ledger.vectors(self._ledger.points([child]))
        theirs = self._ledger.vectors(self._ledger.points([parent]))
        a, b = ours[:, None], theirs[None]
        return bool(np.any(np.all(a <= b, axis=2) & np.any(a < b, axis=2)))

    def _further(self, place: CandidateId, passes: float, *, final: bool, rate: float) -> Step:
        weights = self._ledger.weights(place)
        source = None if weights is None else self._ledger.source(weights, points_of=place)
        number = self._ledger.steps[place]
        return Step(StepId(place, number), passes, source, final=final, rate=rate)

    def may_be_promoted(self, places: Sequence[CandidateId], rung: int) -> list[CandidateId]:
        """Candidates that have come to a rung by training of their own, and may go on.

        Neither a parent's training for comparison nor one to the last rung at once ends at a rung
        that others follow.
        """
        found = []
        for place in places:
            step = StepId(place, rung)
            evaluation = self._ledger.evaluations.get(step)
            if evaluation is None or evaluation.weights not in (None, step):
                continue
            training = evaluation.training
            if training is None or training.state == "stopped":
                found.append(place)
        return found
