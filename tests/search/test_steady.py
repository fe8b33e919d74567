"""The steady-state loop: always busy, nothing lost, promotions as they are due."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest

from evoapproxnas.executors import InlineExecutor
from evoapproxnas.problems.cnn.tasks import EvaluationTask
from evoapproxnas.problems.synthetic import SyntheticTask, evaluate, true_front
from evoapproxnas.records import Failure
from evoapproxnas.search import run_campaign
from evoapproxnas.store import load_run
from tests.fakes import FakeExecutor, Recorder, measured_members, tiny_run
from tests.held_tasks import HeldTasks
from tests.synthetic_runs import synthetic_run

STEADY = "search.mode=steady"
LEVELS = ("inheritance.enabled=true", "rungs.passes=[2, 6, 9]", "search.crossover_rate=0.3")


class Workers(HeldTasks):
    """So many tasks in flight, which finish in any order; `script` may give another outcome."""

    def __init__(self, seed=0, script=lambda task, tries: None, die_after=None):
        super().__init__()
        self.order, self.script, self.die_after = random.Random(seed), script, die_after
        self.tried, self.sizes = [], []

    def completed(self):
        while self.held:
            self.sizes.append(len(self.held))
            if self.die_after is not None and len(self.tried) >= self.die_after:
                raise KeyboardInterrupt
            ticket = self.order.choice(list(self.held))
            yield ticket, self.work(self.held.pop(ticket))

    def work(self, task):
        work = task.read(SyntheticTask)
        outcome = self.script(work, self.tried.count(work))
        self.tried.append(work)
        return outcome or evaluate(task)


class FakeWorkers(Workers):
    """Likewise for networks, measured without training."""

    def __init__(self, **options):
        super().__init__(**options)
        self.fake = FakeExecutor()

    def work(self, task):
        if "name" not in task.payload:
            return measured_members(task)
        work = task.read(EvaluationTask)
        self.tried.append(work.name)
        return self.fake.measure(work)


def campaign(run, executor=None):
    recorder = Recorder()
    run_campaign(run, executor or InlineExecutor(), recorder)
    return recorder


@pytest.mark.parametrize("workers", [1, 3, 20])
def test_workers_are_busy_until_the_last_candidate_is_proposed(tmp_path, workers):
    run = synthetic_run(tmp_path / "a", STEADY, f"execution.workers={workers}")
    executor = Workers()
    recorder = campaign(run, executor)
    candidates = run.config.search.population * (run.config.search.generations + 1)
    assert len(run.database.candidates()) == candidates
    assert set(executor.sizes[: len(run.evaluations()) - workers - candidates // 4]) == {workers}
    assert set(run.database.states().values()) == {"evaluated"}
    assert [row.generation for row in run.database.generations()] == list(range(11))
    assert recorder.messages[-1] == "finished: 10 generations done"


def test_it_finds_what_there_is(tmp_path):
    settings = ("search.population=40", "search.generations=30", "search.mutation_rate=0.1")
    run = synthetic_run(tmp_path / "a", STEADY, *settings)
    campaign(run, Workers())
    found = set(zip(run.front()["error"], run.front()["cost"], strict=True))
    assert len(found & set(true_front())) > 10
    volumes = [row.hypervolume for row in run.database.generations()]
    assert volumes == sorted(volumes)


def test_one_worker_makes_the_same_choices_again(tmp_path):
    runs = [synthetic_run(tmp_path / name, STEADY, "execution.executor=inline") for name in "ab"]
    for run in runs:
        campaign(run)
    fronts = [(run.path / "front.csv").read_bytes() for run in runs]
    assert fronts[0] == fronts[1]


def test_evaluations_can_be_limited(tmp_path):
    run = synthetic_run(tmp_path / "a", STEADY, "search.max_evaluations=23")
    recorder = campaign(run, Workers())
    assert run.database.counts().work == 23
    assert recorder.messages[-1] == "finished: 23 evaluations done"
    longer = load_run(run.path)
    longer.reconfigure({"search": {"max_evaluations": 31}})
    campaign(longer, Workers())
    assert run.database.counts().work == 31


def test_without_time_nothing_is_begun(tmp_path):
    run = synthetic_run(tmp_path / "a", STEADY, "search.max_hours=1e-12")
    executor = Workers()
    assert "hours spent" in campaign(run, executor).messages[-1]
    assert executor.tried == []


def test_limits_and_failures_are_told_apart_and_all_failing_ends_it(tmp_path):
    run = synthetic_run(tmp_path / "a", STEADY, "search.limits={cost=25}", "search.reject=true")
    executor = Workers(script=lambda task, _: sum(task.genes) % 5 == 0 and Failure("raised", "x"))
    recorder = campaign(run, executor)
    assert all(sum(task.genes) <= 25 for task in executor.tried)
    counts = run.database.counts()
    assert counts.rejected > 0 < counts.failures
    assert counts.done == 88
    assert recorder.outcomes[-1][2].counts.rejected == counts.rejected
    barren = synthetic_run(tmp_path / "b", STEADY)
    told = campaign(barren, Workers(script=lambda task, _: Failure("raised", "no kernel")))
    assert "no kernel" in told.messages[-1]
    assert 16 <= len(barren.failures()) < 20


def test_what_was_lost_with_its_machine_is_done_again_once(tmp_path):
    gone, first = Failure("lost", "node 3 is gone"), []

    def lose(task, tries):
        first.append(task)
        once = task == first[0] and tries == 0
        return gone if once or first[2:3] == [task] else None

    run = synthetic_run(tmp_path / "a", STEADY, "search.generations=1", "execution.workers=1")
    campaign(run, Workers(script=lose))
    assert list(run.failures()["kind"]) == ["crashed"]
    assert "lost twice: node 3 is gone" in run.failures()["reason"][0]
    assert len(run.evaluations()) == 15


@pytest.mark.parametrize("die_after", [0, 5, 16, 40])
def test_interrupted_nothing_is_lost_and_what_was_in_flight_is_done_again(tmp_path, die_after):
    run = synthetic_run(tmp_path / "a", STEADY, "search.limits={cost=30}", "execution.workers=3")
    with pytest.raises(KeyboardInterrupt):
        campaign(run, Workers(die_after=die_after))
    before, candidates = run.database.outcomes(), run.database.candidates()
    executor = Workers(seed=1)
    campaign(load_run(run.path), executor)
    after = run.database.outcomes()
    assert before.items() <= after.items()
    assert candidates.items() <= run.database.candidates().items()
    assert len(run.database.candidates()) == 88
    assert "proposed" not in run.database.states().values()
    tests = len(run.front())
    assert len(executor.tried) - tests == run.database.counts().work - die_after
    assert run.database.counts().rejected > 0
    nothing = Workers()
    campaign(load_run(run.path), nothing)
    assert nothing.tried == []


@pytest.fixture(scope="module")
def levels(tmp_path_factory):
    run = tiny_run(
        tmp_path_factory.mktemp("steady") / "a", STEADY, *LEVELS, "search.generations=7"
    )
    executor = FakeWorkers()
    campaign(run, executor)
    return run, executor


def test_promotions_come_as_they_are_due(levels):
    run, executor = levels
    trainings = run.database.trainings()
    budgets = Counter((row.id.step, row.budget) for row in trainings)
    assert budgets[0, 2.0] > budgets[1, 4.0] > budgets[2, 3.0] > 0
    share = budgets[1, 4.0] / budgets[0, 2.0]
    assert 0.3 < share < 0.9
    first = [row.id.step for row in trainings[: len(trainings) // 2]]
    assert 2 in first  # Long before all candidates are there.
    passes = {row.id: row.passes for row in trainings}
    assert all(row.passes == row.budget + passes.get(row.inherited_from, 0.0) for row in trainings)


def test_nothing_is_trained_twice(levels):
    run, executor = levels
    assert max(Counter(executor.tried).values()) == 1
    first = Counter(r.architecture_key for r in run.database.trainings() if r.id.step == 0)
    assert set(first.values()) == {1}
    assert run.database.counts().emulated > 0


@pytest.mark.parametrize("die_after", [4, 19, 45])
@pytest.mark.parametrize("inherits", ["true", "false"])
def test_levels_go_on_where_they_were(tmp_path, die_after, inherits):
    settings = (*LEVELS, f"inheritance.enabled={inherits}")
    run = tiny_run(tmp_path / "a", STEADY, *settings)
    with pytest.raises(KeyboardInterrupt):
        campaign(run, FakeWorkers(die_after=die_after))
    before = run.database.outcomes()
    executor = FakeWorkers(seed=2)
    campaign(load_run(run.path), executor)
    assert before.items() <= run.database.outcomes().items()
    assert not set(map(str, before)) & set(executor.tried)
    assert run.database.counts().done == 30


RUN = """
import sys
from pathlib import Path
from evoapproxnas.executors import ProcessExecutor
from evoapproxnas.search import Silent, run_campaign
from evoapproxnas.store import load_run

if __name__ == "__main__":
    limits = dict(workers=2, threads_per_worker=1, timeout_seconds=60, memory_gb=4)
    run_campaign(load_run(Path(sys.argv[1])), ProcessExecutor(**limits), Silent())
"""


def test_a_killed_campaign_of_processes_goes_on(tmp_path):
    run = synthetic_run(tmp_path / "a", STEADY, "search.generations=60")
    (tmp_path / "script.py").write_text(RUN)
    command = [sys.executable, str(tmp_path / "script.py"), str(run.path)]
    process = subprocess.Popen(command, start_new_session=True)
    try:
        until = time.monotonic() + 120
        while len(load_run(run.path).database.evaluations()) < 20:
            assert time.monotonic() < until
            assert process.poll() is None
            time.sleep(0.05)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    before = load_run(run.path).database.outcomes()
    subprocess.run(command, check=True, timeout=240)
    after = load_run(run.path)
    assert before.items() <= after.database.outcomes().items()
    assert len(after.database.candidates()) == 8 * 61
    assert after.database.counts().done == 8 * 61
