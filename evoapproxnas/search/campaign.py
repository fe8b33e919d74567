"""The campaign: propose, evaluate, select, record, until a stop rule holds.

The loop always starts at generation 0. Candidates are a function of the seed and of earlier
outcomes, so a resumed run proposes the same ones again and finds their outcomes in the store;
only what is missing is evaluated. Nothing else tells a new run from a resumed one.
"""

import json
import logging
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from evoapproxnas import seeds
from evoapproxnas.config import RunConfig
from evoapproxnas.errors import StoreError
from evoapproxnas.executors import Executor
from evoapproxnas.multipliers import load_library
from evoapproxnas.networks import Network
from evoapproxnas.objectives import get_objective
from evoapproxnas.pareto import Points, hypervolume, reference_point
from evoapproxnas.problems.cnn.population import (
    initial_candidates,
    make_space,
    offspring_candidates,
)
from evoapproxnas.problems.cnn.pricing import price
from evoapproxnas.problems.cnn.tasks import EvaluationTask, TestTask, evaluate, measure_test
from evoapproxnas.records import Candidate, CandidateId, Evaluation, Failure, Outcome
from evoapproxnas.search.nsga2 import select_parents, select_survivors
from evoapproxnas.search.observer import Observer, Progress
from evoapproxnas.search.stop import Spent, evaluations_left, stop_reason
from evoapproxnas.store import INFEASIBLE, GenerationRow, Run

_log = logging.getLogger("evoapproxnas")

Survivors = Mapping[CandidateId, Evaluation]


def directions(config: RunConfig) -> dict[str, str]:
    """`min` or `max` of each objective that a configuration names.

    Raises:
        UnknownNameError: for an unknown objective, also in the limits.
    """
    for name in config.search.limits:
        get_objective(name, config)
    return {name: get_objective(name, config).direction for name in config.search.objectives}


def run_campaign(run: Run, executor: Executor, observer: Observer) -> None:
    """Run, or continue, a campaign to its end.

    Args:
        run: a new or an existing run; taken for writing meanwhile.
        executor: evaluates candidates; closed at the end, also after an interruption.
        observer: is told what happens.

    Raises:
        StoreError: if the run cannot be written, or was made by a search that behaved otherwise.
        EvoApproxNASError: what no candidate could escape, such as a missing data set.
    """
    lock = run.lock()
    try:
        with _log_file(run):
            _Campaign(run, executor, observer).run()
    finally:
        executor.close()
        lock.release()


class _Campaign:
    def __init__(self, run: Run, executor: Executor, observer: Observer) -> None:
        self._run, self._database, self._config = run, run.database, run.config
        self._executor, self._observer = executor, observer
        self._space = make_space(run.config)
        self._candidates: dict[CandidateId, Candidate] = {}
        self._outcomes: dict[CandidateId, Outcome] = {}
        self._first_of_key: dict[str, CandidateId] = {}
        self._reference: Points | None = None
        self._worked_before = self._database.seconds_worked()
        self._session = self._database.start_session()
        self._started = time.monotonic()
        self._fresh = 0

    def run(self) -> None:
        survivors: Survivors = {}
        generation = 0
        while (reason := stop_reason(self._config.search, self._spent(generation))) is None:
            outcomes = self._evaluate(generation, self._propose(generation, survivors))
            if outcomes is None:
                break
            survivors = self._select({**survivors, **outcomes})
            self._record(generation, survivors)
            generation += 1
        self._test_front()
        self._run.write_front()
        self._tell(f"finished: {reason or 'time is up'}")

    def _propose(self, generation: int, survivors: Survivors) -> list[Candidate]:
        config = self._config
        if survivors:
            proposed = offspring_candidates(
                self._space, config, generation, self._pairs(generation, survivors),
                self._first_of_key,
            )  # fmt: skip
        else:
            proposed = initial_candidates(
                self._space, config.seed, generation, config.search.population
            )
        return proposed[: evaluations_left(config.search, self._work_done())]

    def _pairs(self, generation: int, survivors: Survivors) -> list[tuple[Candidate, Candidate]]:
        """Choose the parents of every candidate of a generation."""
        places = list(survivors)
        vectors = self._run.vectors(survivors.values())
        rng = seeds.generator(self._config.seed, generation, 0, "parent selection")
        chosen = select_parents(vectors, 2 * self._config.search.population, rng)
        parents = [self._candidates[places[position]] for position in chosen]
        return list(zip(parents[::2], parents[1::2], strict=True))

    def _evaluate(
        self, generation: int, candidates: Sequence[Candidate]
    ) -> dict[CandidateId, Evaluation] | None:
        """Give every candidate an outcome; None if the time was up before all had one."""
        self._register(candidates)
        known: dict[CandidateId, Outcome] = {
            **self._database.evaluations(),
            **self._database.failures(),
        }
        copies = [c for c in candidates if self._first_of_key[c.key] != c.id]
        firsts = [c for c in candidates if self._first_of_key[c.key] == c.id]
        for candidate in firsts:
            if candidate.id in known:
                self._settle(candidate, known[candidate.id])
        pending = [c for c in firsts if c.id not in known]
        for index, outcome in self._executor.run(evaluate, [self._task(c) for c in pending]):
            self._fresh += 1
            if isinstance(outcome, Evaluation):
                network = Network.from_dict(json.loads(pending[index].network))
                cheap = price(network, load_library(), self._config)
                outcome = replace(outcome, metrics={**cheap, **outcome.metrics})
            self._database.add_outcome(pending[index].id, outcome)
            self._settle(pending[index], outcome)
            if stop_reason(self._config.search, self._spent(generation)) is not None:
                break
        if any(c.id not in self._outcomes for c in firsts):
            return None
        for candidate in copies:
            self._settle(candidate, known.get(candidate.id) or self._copy(candidate))
        results = {c.id: self._outcomes[c.id] for c in firsts}
        return {p: o for p, o in results.items() if isinstance(o, Evaluation)}

    def _register(self, candidates: Sequence[Candidate]) -> None:
        """Record candidates, checking on a resumed run that they are what they were."""
        recorded = self._database.candidates()
        for candidate in candidates:
            if recorded.get(candidate.id, candidate).genes != candidate.genes:
                raise StoreError(
                    f"run {self._run.name} cannot be resumed: candidate {candidate.id} would "
                    "differ from the recorded one, so the run was made with another version, "
                    "library or configuration; resume it with those, or start a new run"
                )
            self._database.add_candidate(candidate)
            self._candidates[candidate.id] = candidate
            self._first_of_key.setdefault(candidate.key, candidate.id)

    def _copy(self, candidate: Candidate) -> Outcome:
        """Take over, and record, the outcome of the first candidate with the same network."""
        source = self._first_of_key[candidate.key]
        outcome = self._outcomes[source]
        if isinstance(outcome, Failure):
            outcome = Failure(outcome.kind, f"same network as {source}: {outcome.reason}")
            self._database.add_outcome(candidate.id, outcome)
        else:
            outcome = Evaluation(outcome.metrics)
            self._database.add_outcome(candidate.id, outcome, source=source)
        return outcome

    def _settle(self, candidate: Candidate, outcome: Outcome) -> None:
        self._outcomes[candidate.id] = outcome
        self._database.update_session(self._session, time.monotonic() - self._started)
        if isinstance(outcome, Failure):
            _log.warning("%s failed (%s): %s", candidate.id, outcome.kind, outcome.reason)
        else:
            _log.info("%s %s", candidate.id, json.dumps(dict(outcome.metrics)))
        self._observer.outcome(candidate, outcome, self._progress(candidate.id.generation))

    def _select(self, pool: Survivors) -> Survivors:
        places = list(pool)
        vectors = self._run.vectors(pool.values())
        chosen = select_survivors(vectors, self._config.search.population)
        return {places[i]: pool[places[i]] for i in chosen}

    def _record(self, generation: int, survivors: Survivors) -> None:
        evaluated = [o for o in self._outcomes.values() if isinstance(o, Evaluation)]
        vectors = self._run.vectors(evaluated)
        vectors = vectors[(vectors < INFEASIBLE).all(axis=1)]
        if self._reference is None and len(vectors):
            self._reference = reference_point(vectors)
        volume = 0.0 if self._reference is None else hypervolume(vectors, self._reference)
        self._database.add_generation(GenerationRow(generation, tuple(survivors), volume))
        self._run.write_front()
        archive = self._run.archive()
        self._prune_models(archive)
        progress = self._progress(generation, hypervolume=volume)
        _log.info("generation %d: front %d, hypervolume %g", generation, len(archive), volume)
        self._observer.generation(progress, len(archive))

    def _prune_models(self, archive: Survivors) -> None:
        keep = {str(place) for place in archive}
        for file in self._run.models_dir.iterdir():
            if file.name.partition(".")[0] not in keep:
                file.unlink()

    def _test_front(self) -> None:
        tested = self._database.tests()
        places = [place for place in self._run.archive() if place not in tested]
        if places:
            self._tell(f"measuring {len(places)} front members on the test set")
        tasks = [
            TestTask(
                str(place),
                json.loads(self._candidates[place].network),
                self._config,
                self._run.models_dir,
            )
            for place in places
        ]
        for index, outcome in self._executor.run(measure_test, tasks):
            if isinstance(outcome, Failure):
                self._tell(f"{places[index]} could not be tested: {outcome.reason}")
            else:
                self._database.add_test(places[index], outcome.metrics)

    def _task(self, candidate: Candidate) -> EvaluationTask:
        place = candidate.id
        seed = seeds.integer(self._config.seed, place.generation, place.index, "training")
        network = json.loads(candidate.network)
        return EvaluationTask(str(place), network, self._config, seed, self._run.models_dir)

    def _work_done(self) -> int:
        """Candidates evaluated, or failed, on their own account: cache hits cost nothing."""
        return sum(place in self._outcomes for place in self._first_of_key.values())

    def _spent(self, generation: int) -> Spent:
        seconds = self._worked_before + time.monotonic() - self._started
        return Spent(generation, self._work_done(), seconds / 3600)

    def _progress(self, generation: int, hypervolume: float | None = None) -> Progress:
        search = self._config.search
        hits = len(self._outcomes) - self._work_done()
        left = evaluations_left(search, self._work_done())
        total = search.population * (search.generations + 1)
        return Progress(
            generation=generation,
            done=len(self._outcomes),
            total=total if left is None else min(total, len(self._outcomes) + left),
            cache_hits=hits,
            failures=sum(isinstance(o, Failure) for o in self._outcomes.values()),
            fresh=self._fresh,
            fresh_seconds=time.monotonic() - self._started,
            hypervolume=hypervolume,
        )

    def _tell(self, text: str) -> None:
        _log.info(text)
        self._observer.message(text)


@contextmanager
def _log_file(run: Run) -> Iterator[None]:
    """Send the package's log to the run folder meanwhile."""
    handler = logging.FileHandler(run.path / "campaign.log", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)
    try:
        yield
    finally:
        _log.removeHandler(handler)
        handler.close()
