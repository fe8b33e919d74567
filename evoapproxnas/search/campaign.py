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
from evoapproxnas.problems import Problem, make_problem
from evoapproxnas.records import (
    Candidate,
    CandidateId,
    Evaluation,
    Failure,
    Outcome,
    Rejection,
)
from evoapproxnas.search.algorithms import Algorithm, find_algorithm
from evoapproxnas.search.evaluating import Evaluator, copied
from evoapproxnas.search.ledger import Ledger
from evoapproxnas.search.observer import Observer, Progress
from evoapproxnas.search.proposing import Proposal
from evoapproxnas.search.recorder import Recorder
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
        self._algorithm = self._make_algorithm(problem)
        self._evaluator = Evaluator(
            problem, executor, run.ranking, seed=run.config.seed, models=run.models_dir
        )
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
        return done

    def _evaluate(self, proposals: Sequence[Proposal]) -> bool:
        """Give every candidate an outcome; False if the time was up before all had one."""
        candidates = [proposal.candidate for proposal in proposals]
        for candidate in candidates:
            self._ledger.propose(candidate)
        self._recorder.register(candidates)
        left = [p.candidate for p in proposals if not self._settle_at_once(p)]
        firsts = [c for c in left if not self._ledger.is_copy(c)]
        if not self._work(firsts):
            return False
        for candidate in left:
            if self._ledger.is_copy(candidate):
                source = self._ledger.first_of_key[candidate.key]
                self._take(candidate, copied(self._ledger.outcomes[source], source), source)
        return True

    def _settle_at_once(self, proposal: Proposal) -> bool:
        """Settle what is recorded, what could not be made, and what a limit rules out."""
        candidate = proposal.candidate
        known = self._recorder.known.get(candidate.id)
        if known is not None:
            self._settle(candidate, known)
        elif proposal.failure is not None:
            self._take(candidate, proposal.failure)
        elif self._ledger.is_copy(candidate):
            return False
        elif (rejection := self._evaluator.rejection(candidate)) is not None:
            self._take(candidate, rejection)
        else:
            return False
        return True

    def _work(self, candidates: Sequence[Candidate]) -> bool:
        """Evaluate candidates; False if the time was up before all were."""
        left = len(candidates)
        if not left:
            return True
        if self._time_is_up():
            return False
        self._recorder.begin()
        for candidate, outcome in self._evaluator.outcomes(candidates, self._lost):
            self._fresh += 1
            self._take(candidate, outcome)
            left -= 1
            if left and self._time_is_up():
                return False
        return True

    def _take(
        self, candidate: Candidate, outcome: Outcome, source: CandidateId | None = None
    ) -> None:
        """Record an outcome of this session, then settle it."""
        infeasible = (
            isinstance(outcome, Evaluation) and self._run.ranking.violation(outcome.metrics) > 0
        )
        self._recorder.outcome(candidate.id, outcome, source=source, infeasible=infeasible)
        if isinstance(outcome, Failure):
            _log.warning("%s failed (%s): %s", candidate.id, outcome.kind, outcome.reason)
        elif isinstance(outcome, Rejection):
            _log.info("%s rejected: %s", candidate.id, outcome.reason)
        else:
            _log.info("%s %s", candidate.id, json.dumps(dict(outcome.metrics)))
        self._settle(candidate, outcome)

    def _settle(self, candidate: Candidate, outcome: Outcome) -> None:
        self._ledger.settle(candidate.id, outcome)
        self._observer.outcome(candidate, outcome, self._progress(candidate.id.generation))

    def _lost(self, candidate: Candidate, failure: Failure) -> None:
        self._recorder.outcome(candidate.id, failure)
        self._tell(f"{candidate.id} was lost with its machine and is done again: {failure.reason}")

    def _take_over_rest(self) -> None:
        """Settle what is recorded of generations that this session did not come to.

        There is such where a run is resumed with fewer generations or evaluations than it has.
        """
        for candidate, outcome in self._recorder.recorded():
            if candidate.id not in self._ledger.outcomes:
                self._ledger.propose(candidate)
                self._ledger.settle(candidate.id, outcome)

    def _select_and_record(self, generation: int, candidates: Sequence[Candidate]) -> None:
        outcomes = {c.id: self._ledger.outcomes[c.id] for c in candidates}
        failures = [o for o in outcomes.values() if isinstance(o, Failure)]
        all_failed = len(failures) == len(outcomes)
        self._barren = [*self._barren, failures[-1].reason] if all_failed else []
        places = [
            c.id
            for c in candidates
            if not self._ledger.is_copy(c) and not isinstance(outcomes[c.id], Failure)
        ]
        survivors = self._algorithm.tell(generation, places)
        volume = self._ledger.hypervolume(outcomes)
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
        keep = {str(place) for place in self._ledger.archive.keys}
        self._problem.prune(self._run.models_dir, keep)

    def _test_front(self) -> None:
        if not self._problem.test_figures:
            return
        places = [place for place in self._ledger.front() if place not in self._recorder.tests]
        if places:
            self._tell(f"measuring {len(places)} front members on the test set")
        members = [self._ledger.candidates[place] for place in places]
        for member, outcome in self._evaluator.tests(members):
            if isinstance(outcome, Failure):
                self._tell(f"{member.id} could not be tested: {outcome.reason}")
            else:
                self._recorder.test(member.id, outcome.metrics)

    def _make_algorithm(self, problem: Problem) -> Algorithm:
        make = find_algorithm(self._config.algorithm)
        return make(problem, self._ledger, seed=self._run.config.seed, config=self._config)

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
            fresh=self._fresh,
            fresh_seconds=self._recorder.session_seconds,
            hypervolume=hypervolume,
        )

    def _tell(self, text: str) -> None:
        _log.info(text)
        self._observer.message(text)
