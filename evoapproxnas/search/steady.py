"""The steady-state loop: whenever a step finishes, the next one is chosen by all that is known.

No worker waits for a generation to be complete. A candidate goes on to the next rung once it is
among the best share of what came to its rung so far (asynchronous successive halving, Li et al.,
"A System for Massively Parallel Hyperparameter Tuning", MLSys 2020); else a new one is proposed.
A generation is so many candidates in order of birth; it is recorded when all have an outcome.

A resumed run takes over what is recorded, does again what was in flight, and goes on. As the order
is that in which steps finish, other numbers of workers, or an interruption, give other candidates.
"""

from collections import deque
from collections.abc import Iterable

from evoapproxnas.problems import Step
from evoapproxnas.records import (
    Candidate,
    CandidateId,
    Evaluation,
    Failure,
    Outcome,
    PointId,
    StepId,
)
from evoapproxnas.search.session import Session
from evoapproxnas.search.stop import Spent, evaluations_left, out_of_time, stop_reason


class Steady:
    """Keeps all workers busy until a stop rule holds."""

    def __init__(self, session: Session) -> None:
        """Start with what is recorded, of which nothing is taken over yet."""
        self._session, self._config = session, session.config
        self._ledger, self._advance = session.ledger, session.advance
        execution = session.run.config.execution
        self._slots = 1 if execution.executor == "inline" else execution.workers
        self._flying: dict[CandidateId, Step] = {}
        self._open: dict[CandidateId, Candidate] = {}
        """Those without an outcome, in flight or not, by order of birth."""
        self._matching: deque[CandidateId] = deque()
        """Children whose parents may have to be trained on for comparison."""
        self._changed: dict[CandidateId, None] = {}
        """Candidates with new figures since the last generation was recorded."""
        self._closed = 0
        self._failed = 0
        self._last_failure = ""

    def run(self) -> str:
        """Search until a stop rule holds; return which, in words."""
        self._take_over()
        reason = self._search()
        self._advance.keep(self._in_use())
        return reason

    def _search(self) -> str:
        evaluator = self._session.evaluator
        self._fill()
        for candidate, step, outcome in evaluator.completed(self._session.lost):
            del self._flying[candidate.id]
            self._take(candidate, step, outcome)
            if self._session.time_is_up() and self._flying:
                evaluator.stop()
                return out_of_time(self._config)
            self._fill()
        return self._stop_reason() or out_of_time(self._config)

    def _take_over(self) -> None:
        """Settle what is recorded; what has no outcome is done again."""
        recorder = self._session.recorder
        for candidate in recorder.candidates.values():
            self._ledger.propose(candidate)
            self._open[candidate.id] = candidate
        for candidate, step, outcome in recorder.recorded():
            self._session.settle(candidate, step, outcome)
            self._note(candidate, step, outcome)
        self._settle_copies()
        while self._whole(self._closed):
            if self._closed in recorder.generations:
                self._ledger.hypervolume(self._first_points(self._closed))  # Its reference.
                self._session.pace.close(self._closed)
                self._closed += 1
            else:
                self._close()
        self._changed = {p: None for p in self._changed if p.generation >= self._closed}

    def _take(self, candidate: Candidate, step: Step, outcome: Outcome) -> None:
        with self._session.recorder.together():  # A resume would not let its twins follow.
            self._session.take(candidate, step.id, outcome)
            self._note(candidate, step.id, outcome)
            if step.id.step:
                self._follow(step.id)
        self._settle_copies()
        while self._whole(self._closed):
            self._close()

    def _note(self, candidate: Candidate, step: StepId, outcome: Outcome) -> None:
        """Select among all points so far, and count failures in a row."""
        self._open.pop(candidate.id, None)
        if isinstance(outcome, Failure):
            self._failed, self._last_failure = self._failed + 1, outcome.reason
            return
        self._failed = 0
        if isinstance(outcome, Evaluation) and not self._ledger.is_copy(candidate):
            self._changed[candidate.id] = None
            self._advance.came_to(step)
            survivors = self._session.algorithm.tell(candidate.id.generation, [candidate.id])
            self._advance.close_generation(survivors)

    def _follow(self, step: StepId) -> None:
        """Let what differs in hardware alone go as far."""
        self._session.follow(step)
        for place in self._ledger.twins.get(step.candidate, ()):
            further = StepId(place, self._ledger.steps[place] - 1)
            outcome = self._ledger.outcomes[place]
            self._note(self._ledger.candidates[place], further, outcome)

    def _settle_copies(self) -> None:
        """Give copies the outcome of what they are copies of, once that has one; twins, too."""
        for candidate in list(self._open.values()):
            source = self._ledger.first_of_key[candidate.key]
            if source != candidate.id and source in self._ledger.outcomes:
                self._session.take_copy(candidate)
                del self._open[candidate.id]
            elif source == candidate.id and candidate.id not in self._flying:
                if self._session.take_twin(candidate):
                    outcome = self._ledger.outcomes[candidate.id]
                    self._note(candidate, StepId(candidate.id), outcome)

    def _fill(self) -> None:
        """Give every idle worker something to do, as long as there is something."""
        while len(self._flying) < self._slots and not self._session.time_is_up():
            if not (self._begin_open() or self._go_further() or self._propose()):
                return

    def _begin_open(self) -> bool:
        """Begin a candidate that had to wait, or that an earlier session did not end."""
        for candidate in self._open.values():
            if candidate.id not in self._flying and not self._has_to_wait(candidate):
                self._begin(candidate, self._advance.first(candidate))
                return True
        return False

    def _has_to_wait(self, candidate: Candidate) -> bool:
        """Whether another one's outcome serves it as well, or its weights do."""
        if self._ledger.is_copy(candidate):
            return True
        in_training = [
            self._ledger.candidates[p] for p, s in self._flying.items() if not s.id.step
        ]
        return candidate not in self._advance.independent([*in_training, candidate])

    def _go_further(self) -> bool:
        """Begin a step on a candidate that has figures already."""
        for rung in reversed(range(1, self._session.steps.rungs)):
            step = self._advance.next_promoted(rung, self._flying)
            if step is not None:
                return self._begin(self._ledger.candidates[step.id.candidate], step)
        while self._matching:
            for step in self._session.steps.matching([self._matching.popleft()]):
                if step.id.candidate not in self._flying:
                    return self._begin(self._ledger.candidates[step.id.candidate], step)
        return False

    def _propose(self) -> bool:
        """Propose a candidate; it may turn out to need no worker, or to have to wait."""
        left = evaluations_left(self._config, self._ledger.counts.work)
        if self._stop_reason() is not None or (left is not None and left <= len(self._open)):
            return False
        born, population = len(self._ledger.candidates), self._config.population
        place = CandidateId(born // population, born % population)
        proposal = self._session.algorithm.next(place)
        candidate = proposal.candidate
        with self._session.recorder.together():  # Else a resume would not know why it has none.
            self._session.register([candidate])
            self._open[candidate.id] = candidate
            if self._session.settle_at_once(proposal):
                self._note(candidate, StepId(candidate.id), self._ledger.outcomes[candidate.id])
            self._settle_copies()
        while self._whole(self._closed):
            self._close()
        return True

    def _begin(self, candidate: Candidate, step: Step) -> bool:
        self._session.recorder.begin()
        self._session.pace.planned([step])
        taken_over = self._session.evaluator.taken_over(candidate, step)
        if taken_over is None:
            self._flying[candidate.id] = step
            self._session.evaluator.submit(candidate, step)
        else:
            self._take(candidate, step, taken_over)
        return True

    def _whole(self, generation: int) -> bool:
        """Whether all candidates of a generation are there and have an outcome."""
        population = self._config.population
        if len(self._ledger.candidates) < population * (generation + 1):
            return False
        return not any(place.generation <= generation for place in self._open)

    def _close(self) -> None:
        """Record a generation."""
        self._advance.keep(self._in_use())
        self._matching.extend(self._changed)
        self._changed = {}
        seen = self._first_points(self._closed)
        self._session.close_generation(self._closed, self._advance.survivors, seen)
        self._closed += 1

    def _first_points(self, generation: int) -> list[PointId]:
        """Points of first steps: what came later is not the same in every session."""
        first = [StepId(CandidateId(generation, i)) for i in range(self._config.population)]
        evaluations = self._ledger.evaluations
        return [
            PointId(step.candidate, step.step, number)
            for step in first
            if step in evaluations
            for number in range(len(evaluations[step].points))
        ]

    def _in_use(self) -> Iterable[StepId]:
        """Steps whose weights are needed yet, beside those of survivors and of the front."""
        flying = [step.source.step for step in self._flying.values() if step.source is not None]
        parents = [self._ledger.weights(p) for c in self._open.values() for p in c.parents]
        known = [step for step in parents if step is not None]
        return [*flying, *known, *self._advance.stopped()]

    def _stop_reason(self) -> str | None:
        population = self._config.population
        barren = (self._last_failure,) * (self._failed // population)
        born = len(self._ledger.candidates) // population
        return stop_reason(self._config, Spent(born, self._ledger.counts.work, barren))
