"""The campaign: propose, evaluate, select, record, until a stop rule holds.

The loop always starts at generation 0. Candidates are a function of the seed and of earlier
outcomes, so a resumed run proposes the same ones again and finds their outcomes in the store;
only what is missing is evaluated. Nothing else tells a new run from a resumed one.
"""

import json
import logging
from collections.abc import Sequence
from contextlib import ExitStack

from evoapproxnas.errors import EvoApproxNASError
from evoapproxnas.executors import Executor
from evoapproxnas.files import let_go
from evoapproxnas.problems import Problem, Step, make_problem
from evoapproxnas.records import (
    Candidate,
    CandidateId,
    Evaluation,
    Failure,
    Outcome,
    Rejection,
    StepId,
)
from evoapproxnas.search.advancing import Advance
from evoapproxnas.search.algorithms import Algorithm, find_algorithm
from evoapproxnas.search.evaluating import Evaluator, Member, copied
from evoapproxnas.search.ledger import Ledger
from evoapproxnas.search.observer import Observer, Progress
from evoapproxnas.search.proposing import Proposal
from evoapproxnas.search.recorder import Recorder
from evoapproxnas.search.stepping import Steps
from evoapproxnas.search.stop import Spent, evaluations_left, stop_reason, time_is_up
from evoapproxnas.store import GenerationRow, Measured, Run, figures_table

_log = logging.getLogger("evoapproxnas")


def run_campaign(
    run: Run, executor: Executor, observer: Observer, *, problem: Problem | None = None
) -> None:
    """Run, or continue, a campaign to its end.

    Args:
        run: a new or an existing run; taken for writing meanwhile.
        executor: evaluates candidates; closed at the end, also after an interruption.
        observer: is told what happens.
        problem: what is searched; None makes the one that the run names.

    Raises:
        ConfigError: if the run cannot go on with another configuration than it had.
        StoreError: if the run cannot be written, or was made by a search that behaved otherwise.
        EnvironmentBroken: if nothing can be evaluated here; nothing is recorded as failed by it.
        EvoApproxNASError: what else no candidate could escape, such as a missing data set.
    """
    with ExitStack() as ending:
        ending.callback(executor.close)
        ending.callback(let_go, run.lock())
        run.check_acceptable()
        executor.start()
        recorder = Recorder(run)
        ending.callback(recorder.end)
        try:
            problem = problem or make_problem(run.config)
            _Campaign(run, problem, recorder, executor, observer).run()
        except EvoApproxNASError as error:
            _log.error("stopped: %s", error)
            raise


class _Campaign:
    def __init__(
        self,
        run: Run,
        problem: Problem,
        recorder: Recorder,
        executor: Executor,
        observer: Observer,
    ) -> None:
        self._run, self._problem, self._recorder = run, problem, recorder
        self._observer, self._config = observer, run.config.search
        self._ledger = Ledger(run.ranking)
        self._steps = Steps(self._ledger, run.config.rungs, run.config.inheritance)
        self._advance = Advance(problem, self._ledger, self._steps, run)
        self._algorithm = self._make_algorithm(problem)
        self._evaluator = Evaluator(problem, executor, run)
        self._fresh = 0
        self._barren: list[str] = []

    def run(self) -> None:
        seed = self._run.config.seed
        self._tell(f"run {self._run.path}: {self._problem.description}, seed {seed}")
        generation = 0
        while (reason := self._stop_reason(generation)) is None:
            candidates = self._evaluate_generation(self._algorithm.ask(generation))
            if candidates is None:
                reason = f"{self._config.max_hours:g} hours spent"
                break
            self._select_and_record(generation, candidates)
            generation += 1
        self._recorder.begin()
        self._take_over_rest()
        self._prune()
        self._test_front()
        self._write_front()
        self._tell(f"finished: {reason}")

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
        candidates = [proposal.candidate for proposal in proposals]
        for candidate in candidates:
            self._ledger.propose(candidate)
        self._recorder.register(candidates)
        left = [p.candidate for p in proposals if not self._settle_at_once(p)]
        if not self._first_steps([c for c in left if not self._ledger.is_copy(c)]):
            return False
        for candidate in left:
            if self._ledger.is_copy(candidate):
                source = self._ledger.first_of_key[candidate.key]
                outcome = copied(self._ledger.outcomes[source], source)
                self._take(candidate, StepId(candidate.id), outcome, source)
        return True

    def _settle_at_once(self, proposal: Proposal) -> bool:
        """Settle what is recorded, what could not be made, and what need not be evaluated."""
        candidate, first = proposal.candidate, StepId(proposal.candidate.id)
        known = self._recorder.known.get(first)
        if known is not None:
            self._settle(candidate, first, known)
        elif proposal.failure is not None:
            self._take(candidate, first, proposal.failure)
        elif self._ledger.is_copy(candidate):
            return False
        elif (rejection := self._rejection(candidate)) is not None:
            self._take(candidate, first, rejection)
        else:
            return False
        return True

    def _rejection(self, candidate: Candidate) -> Rejection | None:
        # The front is that of whole generations: what came since depends on who was quicker.
        front = self._advance.front if self._config.reject else None
        return self._evaluator.rejection(candidate, front)

    def _first_steps(self, candidates: Sequence[Candidate]) -> bool:
        """Evaluate candidates; False if the time was up before all were.

        Of several with the same architecture the first is trained and the others, after it,
        measured with its weights.
        """
        left = list(candidates)
        while left:
            now = self._advance.independent(left)
            left = [candidate for candidate in left if candidate not in now]
            if not self._work([(c, self._advance.first(c)) for c in now]):
                return False
        return True

    def _go_further(self, candidates: Sequence[Candidate]) -> bool:
        """Train on what is promising, and parents for comparison; False if the time was up."""
        places = [candidate.id for candidate in candidates]
        for rung in range(1, self._steps.rungs):
            if not self._further_steps(self._advance.promoted(places, rung)):
                return False
        self._advance.close_rungs(places)
        return self._further_steps(self._steps.matching(places))

    def _further_steps(self, steps: Sequence[Step]) -> bool:
        work = [(self._ledger.candidates[step.id.candidate], step) for step in steps]
        for candidate, step in work:
            if (known := self._recorder.known.get(step.id)) is not None:
                self._settle(candidate, step.id, known)
        return self._work([(c, s) for c, s in work if s.id not in self._recorder.known])

    def _work(self, work: Sequence[tuple[Candidate, Step]]) -> bool:
        """Do steps; False if the time was up before all were done."""
        left = len(work)
        if not left:
            return True
        if self._time_is_up():
            return False
        self._recorder.begin()
        for candidate, step, outcome in self._evaluator.outcomes(work, self._lost):
            self._fresh += 1
            self._take(candidate, step.id, outcome)
            left -= 1
            if left and self._time_is_up():
                return False
        return True

    def _take(
        self,
        candidate: Candidate,
        step: StepId,
        outcome: Outcome,
        source: CandidateId | None = None,
    ) -> None:
        """Record an outcome of this session, then settle it."""
        infeasible = isinstance(outcome, Evaluation) and all(
            self._run.ranking.violation(point.metrics) > 0 for point in outcome.points
        )
        self._recorder.outcome(step, outcome, source=source, infeasible=infeasible)
        if isinstance(outcome, Failure):
            _log.warning("%s failed (%s): %s", step, outcome.kind, outcome.reason)
        elif isinstance(outcome, Rejection):
            _log.info("%s rejected: %s", step, outcome.reason)
        else:
            _log.info("%s %s", step, json.dumps([dict(p.metrics) for p in outcome.points]))
        self._settle(candidate, step, outcome)

    def _settle(self, candidate: Candidate, step: StepId, outcome: Outcome) -> None:
        self._ledger.settle(step, outcome)
        progress = self._progress(candidate.id.generation)
        self._observer.outcome(candidate, outcome, progress)

    def _lost(self, step: StepId, failure: Failure) -> None:
        self._recorder.outcome(step, failure)
        self._tell(f"{step} was lost with its machine and is done again: {failure.reason}")

    def _take_over_rest(self) -> None:
        """Settle what is recorded of generations that this session did not come to.

        There is such where a run is resumed with fewer generations or evaluations than it has.
        """
        for candidate, step, outcome in self._recorder.recorded():
            if step.step >= self._ledger.steps.get(candidate.id, 0):
                self._ledger.propose(candidate)
                self._ledger.settle(step, outcome)

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
        survivors = self._algorithm.tell(generation, places)
        self._advance.close_generation(survivors)
        volume = self._ledger.hypervolume(list(outcomes))
        self._recorder.generation(GenerationRow(generation, survivors, volume))
        front = self._ledger.front()
        if self._recorder.begun:
            self._write_front()
            self._prune()
        _log.info("generation %d: front %d, hypervolume %g", generation, len(front), volume)
        self._observer.generation(self._progress(generation, hypervolume=volume), len(front))

    def _write_front(self) -> None:
        tests = self._recorder.tests
        members = [Measured(p, e, tests.get(p, {})) for p, e in self._ledger.front().items()]
        self._run.write_front(figures_table(self._run.ranking.directions, members))

    def _prune(self) -> None:
        self._problem.prune(self._run.models_dir, self._advance.needed())

    def _test_front(self) -> None:
        if not self._problem.test_figures:
            return
        members: list[Member] = []
        for name, point in self._ledger.front().items():
            if name not in self._recorder.tests:
                weights = self._ledger.evaluations[name.made_in].weights or name.made_in
                members.append((name, self._ledger.candidates[name.candidate], point, weights))
        if members:
            self._tell(f"measuring {len(members)} front members on the test set")
        for name, outcome in self._evaluator.tests(members):
            if isinstance(outcome, Failure):
                self._tell(f"{name} could not be tested: {outcome.reason}")
            else:
                self._recorder.test(name, outcome.metrics)

    def _make_algorithm(self, problem: Problem) -> Algorithm:
        make = find_algorithm(self._config.algorithm)
        return make(problem, self._ledger, self._run.config, self._run.warm_starts)

    def _stop_reason(self, generation: int) -> str | None:
        spent = Spent(generation, self._ledger.counts.work, tuple(self._barren))
        return stop_reason(self._config, spent)

    def _time_is_up(self) -> bool:
        return time_is_up(self._config, self._recorder.hours)

    def _progress(self, generation: int, hypervolume: float | None = None) -> Progress:
        counts = self._ledger.counts
        left = evaluations_left(self._config, counts.work)
        total = self._config.population * (self._config.generations + 1)
        return Progress(
            generation=generation,
            done=counts.done,
            total=total if left is None else min(total, counts.done + left),
            cache_hits=counts.cached,
            failures=counts.failures,
            rejected=counts.rejected,
            trainings=counts.trainings,
            promotions=counts.promotions,
            reused=counts.reused,
            passes=counts.passes,
            fresh=self._fresh,
            fresh_seconds=self._recorder.session_seconds,
            hypervolume=hypervolume,
        )

    def _tell(self, text: str) -> None:
        _log.info(text)
        self._observer.message(text)
