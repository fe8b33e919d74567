"""The time that is said to be left, on clocks that are only simulated."""

import heapq
from dataclasses import replace
from types import SimpleNamespace

import pytest

import evoapproxnas.search.recorder
from evoapproxnas.executors import Result
from evoapproxnas.networks import Network
from evoapproxnas.records import Evaluation, Failure
from evoapproxnas.search import run_campaign
from evoapproxnas.store import load_run
from tests.fakes import FakeExecutor, Recorder, tiny_run

RUNGS = ("rungs.passes=[1, 4, 12]", "inheritance.enabled=true")
STEADY = "search.mode=steady"
LONG = ("search.generations=9", "search.population=8")


class Clock(FakeExecutor):
    """Workers that take time on a clock of their own: for a step, and for each of its passes."""

    def __init__(self, workers=2, startup=20.0, step=3.0, per_pass=5.0):
        super().__init__()
        self.now, self.workers, self.startup = 0.0, workers, startup
        self.step, self.per_pass = step, per_pass

    def completed(self):
        start = self.now = self.now or self.startup
        free, finished = [start] * self.workers, []
        for index, ticket in enumerate(list(self.held)):
            result = self.work(self.held.pop(ticket))
            failed = isinstance(result, Failure)
            seconds = 1.0 if failed else result.read(Evaluation).seconds
            begin = heapq.heappop(free)
            heapq.heappush(free, begin + seconds)
            finished.append((begin + seconds, index, ticket, result))
        for end, _, ticket, result in sorted(finished, key=lambda entry: entry[:2]):
            self.now = max(self.now, end)
            yield ticket, result

    def work(self, task):
        found = super().work(task)
        if "name" in task.payload or isinstance(found, Failure):
            return found
        return Result.of(replace(found.read(Evaluation), seconds=self.step), found.blobs)

    def measure(self, task):
        found = super().measure(task)
        evaluation, network = found.read(Evaluation), Network.from_dict(task.network)
        slow = 1 + network.macs / 1_500_000
        training, seconds = evaluation.training, self.step
        if training is not None:
            spent = slow * self.per_pass * training.budget
            training, seconds = replace(training, seconds=spent), seconds + spent
        timed = Evaluation(evaluation.metrics, seconds, training, evaluation.assignment)
        return Result.of(timed, found.blobs)


class Steady(Clock):
    """Likewise, with work that comes as soon as there is a worker for it."""

    def completed(self):
        self.now = self.now or self.startup
        ends = {}
        while self.held or ends:
            for ticket in list(self.held)[: self.workers - len(ends)]:
                result = self.work(self.held.pop(ticket))
                ends[ticket] = self.now + result.read(Evaluation).seconds, result
            ticket = min(ends, key=lambda t: (ends[t][0], t))
            self.now, result = ends.pop(ticket)
            yield ticket, result


class Watching(Recorder):
    """Keeps what is said to be left, and when."""

    def __init__(self, clock):
        super().__init__()
        self.clock, self.said, self.ends = clock, [], []

    def outcome(self, candidate, outcome, progress):
        super().outcome(candidate, outcome, progress)
        self.said.append((candidate.id.generation, self.clock.now, progress.seconds_left))

    def generation(self, progress, front_size):
        super().generation(progress, front_size)
        self.ends.append((progress.generation + 1, self.clock.now, progress.seconds_left))


def watched(run, monkeypatch, clock):
    fake = SimpleNamespace(monotonic=lambda: clock.now)
    monkeypatch.setattr(evoapproxnas.search.recorder, "time", fake)
    observer = Watching(clock)
    run_campaign(run, clock, observer)
    return observer


def ratios(asked, end, *, share):
    """What was said to be left over what was, as long as that was a share of the whole."""
    known = [(generation, left, end - at) for generation, at, left in asked if left is not None]
    return [left / true for generation, left, true in known if generation and true > share * end]


@pytest.mark.parametrize(("workers", "seed"), [(1, 0), (2, 1), (5, 0), (5, 2)])
@pytest.mark.parametrize("settings", [(), RUNGS], ids=["plain", "rungs"])
def test_time_left_is_right_within_a_third_after_the_first_generation(
    tmp_path, monkeypatch, settings, workers, seed
):
    options = (*LONG, *settings, f"execution.workers={workers}", f"seed={seed}")
    run = tiny_run(tmp_path / "a", *options)
    clock = Clock(workers)
    watching = watched(run, monkeypatch, clock)
    # The sizes of networks drift and few workers are kept busy by chance, above all at the end.
    off = ratios(watching.ends, clock.now, share=0.5)
    assert len(off) > 2
    assert min(off) > 2 / 3, off
    assert max(off) < 4 / 3, off
    within = ratios(watching.said, clock.now, share=0.2)
    assert sum(2 / 3 < ratio < 4 / 3 for ratio in within) > 0.75 * len(within)


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_in_steady_mode_it_is_right_as_soon(tmp_path, monkeypatch, workers):
    run = tiny_run(tmp_path / "a", *LONG, STEADY, f"execution.workers={workers}", "seed=1")
    clock = Steady(workers)
    watching = watched(run, monkeypatch, clock)
    off = ratios(watching.said, clock.now, share=0.2)
    assert len(off) > 20
    assert min(off) > 2 / 3, off
    assert max(off) < 4 / 3, off


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_what_will_be_promoted_in_steady_mode_is_part_of_it(tmp_path, monkeypatch, workers):
    run = tiny_run(tmp_path / "a", *LONG, *RUNGS, STEADY, f"execution.workers={workers}")
    clock = Steady(workers)
    watching = watched(run, monkeypatch, clock)
    off = ratios(watching.said, clock.now, share=0.2)
    assert sum(2 / 3 < ratio < 4 / 3 for ratio in off) > 0.7 * len(off)
    last = watching.said[-5:-1]  # When no candidate is to come any more.
    assert all(left > 0.1 * (clock.now - at) for _, at, left in last), last


def test_before_any_outcome_nothing_is_said_and_soon_the_order_is_right(tmp_path, monkeypatch):
    run = tiny_run(tmp_path / "a", *LONG, *RUNGS)
    clock = Clock()
    said = watched(run, monkeypatch, clock).said
    left, true = said[3][2], clock.now - said[3][1]
    assert 0.3 < left / true < 3


def test_a_resumed_run_says_nothing_until_it_has_worked(tmp_path, monkeypatch):
    run = tiny_run(tmp_path / "a", *LONG, *RUNGS, "search.generations=2")
    watched(run, monkeypatch, Clock())
    longer = load_run(run.path)
    longer.reconfigure({"search": {"generations": 9}})
    clock = Clock(startup=50.0)
    said = watched(longer, monkeypatch, clock).said
    assert said[0][2] is None
    later = [(left, clock.now - at) for _, at, left in said if left is not None]
    left, true = later[len(later) // 4]
    assert 2 / 3 < left / true < 4 / 3


def test_what_hours_are_left_is_an_upper_bound(tmp_path, monkeypatch):
    run = tiny_run(tmp_path / "a", *LONG, "search.max_hours=0.05")
    clock = Clock()
    said = watched(run, monkeypatch, clock).said
    tests = clock.step * len(run.front())  # They come on top, at the end.
    bounds = [max(180.0 - at, 0.0) + tests for _, at, _ in said]
    told = [left for _, _, left in said]
    assert all(b is None or b <= a for a, b in zip(bounds, told, strict=True))
    assert told[-1] > 0
