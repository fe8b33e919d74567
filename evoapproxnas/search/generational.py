"""The generational loop: a generation is evaluated whole, then selected from.

It always starts at generation 0. Candidates are a function of the seed and of earlier outcomes,
so a resumed run proposes the same ones again and finds their outcomes in the store; only what is
missing is evaluated. Nothing else tells a new run from a resumed one.
"""

from collections.abc import Sequence

from evoapproxnas.problems import Step
from evoapproxnas.records import Candidate, Failure, Rejection
from evoapproxnas.search.proposing import Proposal
from evoapproxnas.search.session import Session
from evoapproxnas.search.stop import Spent, evaluations_left, out_of_time, stop_reason


class Generational:
    """Whoever does the work and however fast, the same candidates come of it."""

    def __init__(self, session: Session) -> None:
        """Start before generation 0."""
        self._session, self._config = session, session.config
        self._ledger, self._advance = session.ledger, session.advance
        self._barren: list[str] = []

    def run(self) -> str:
        """Search until a stop rule holds; return which, in words."""
        generation = 0
        while (reason := self._stop_reason(generation)) is None:
            candidates = self._evaluate_generation(self._session.algorithm.ask(generation))
            if candidates is None:
                return out_of_time(self._config)
            self._select_and_record(generation, candidates)
            generation += 1
        return reason

    def _stop_reason(self, generation: int) -> str | None:
        spent = Spent(generation, self._ledger.counts.work, tuple(self._barren))
        return stop_reason(self._config, spent)

    def _evaluate_generation(self, proposals: Sequence[Proposal]) -> list[Candidate] | None:
        """Evaluate a generation, or the part of it that evaluations are left for.

        Copies and what a limit rules out take no evaluation, so that more follow in their place.
        A generation that is cut short is thereby the last one: nothing varies its survivors,
        which would be others with a higher `max_evaluations`.

        Returns:
            Its candidates; None if the time was up before all had an outcome.
        """
        done: list[Candidate] = []
        while len(done) < len(proposals):
            left = evaluations_left(self._config, self._ledger.counts.work)
            end = None if left is None else len(done) + left
            part = proposals[len(done) : end]
            if not part:
                break
            if not self._evaluate(part):
                return None
            done += [proposal.candidate for proposal in part]
        # What goes on is chosen among all of a generation: where it is cut short, it is not yet.
        whole = len(done) == len(proposals)
        return done if not whole or self._go_further(done) else None

    def _evaluate(self, proposals: Sequence[Proposal]) -> bool:
        """Give every candidate an outcome; False if the time was up before all had one."""
        self._session.register([proposal.candidate for proposal in proposals])
        left = [p.candidate for p in proposals if not self._session.settle_at_once(p)]
        if not self._first_steps([c for c in left if not self._ledger.is_copy(c)]):
            return False
        for candidate in left:
            if self._ledger.is_copy(candidate):
                self._session.take_copy(candidate)
        return True

    def _first_steps(self, candidates: Sequence[Candidate]) -> bool:
        """Evaluate candidates; False if the time was up before all were.

        Of several with the same architecture the first is trained and the others, after it,
        measured with its weights; what differs in hardware alone takes its figures over.
        """
        left = list(candidates)
        while left := [c for c in left if not self._session.take_twin(c)]:
            now = self._advance.independent(left)
            left = [candidate for candidate in left if candidate not in now]
            if not self._work([(c, self._advance.first(c)) for c in now]):
                return False
        return True

    def _go_further(self, candidates: Sequence[Candidate]) -> bool:
        """Train on what is promising, and parents for comparison; False if the time was up."""
        places = [candidate.id for candidate in candidates]
        steps = self._session.steps
        for rung in range(1, steps.rungs):
            if not self._further_steps(self._advance.promoted(places, rung)):
                return False
        self._advance.close_rungs(places)
        return self._further_steps(steps.matching(places))

    def _further_steps(self, steps: Sequence[Step]) -> bool:
        known = self._session.recorder.known
        work = [(self._ledger.candidates[step.id.candidate], step) for step in steps]
        for candidate, step in work:
            if (outcome := known.get(step.id)) is not None:
                self._session.settle(candidate, step.id, outcome)
        if not self._work([(c, s) for c, s in work if s.id not in known]):
            return False
        for step in steps:
            self._session.follow(step.id)
        return True

    def _work(self, work: Sequence[tuple[Candidate, Step]]) -> bool:
        """Do steps; False if the time was up before all were done."""
        left = len(work)
        if not left:
            return True
        if self._session.time_is_up():
            return False
        self._session.recorder.begin()
        self._session.pace.planned([step for _, step in work])
        for candidate, step, outcome in self._session.evaluator.outcomes(work, self._session.lost):
            self._session.take(candidate, step.id, outcome)
            left -= 1
            if left and self._session.time_is_up():
                return False
        return True

    def _select_and_record(self, generation: int, candidates: Sequence[Candidate]) -> None:
        outcomes = {c.id: self._ledger.outcomes[c.id] for c in candidates}
        failures = [o for o in outcomes.values() if isinstance(o, Failure)]
        all_failed = len(failures) == len(outcomes)
        self._barren = [*self._barren, failures[-1].reason] if all_failed else []
        places = [
            c.id
            for c in candidates
            if not self._ledger.is_copy(c) and not isinstance(outcomes[c.id], Failure | Rejection)
        ]
        survivors = self._session.algorithm.tell(generation, places)
        self._session.close_generation(generation, survivors, self._ledger.points(outcomes))
