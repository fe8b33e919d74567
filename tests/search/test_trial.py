import pytest

import evoapproxnas.search.trial
from evoapproxnas.config import load_config
from evoapproxnas.errors import NothingFound
from evoapproxnas.records import Failure
from evoapproxnas.search import dry_run
from tests.fakes import tiny_config
from tests.search.test_pace import Clock

SETTINGS = ("search.population=8", "search.generations=9", "execution.workers=2")


def forecast(monkeypatch, *settings, executor=None):
    made = executor or Clock()
    monkeypatch.setattr(evoapproxnas.search.trial, "make_executor", lambda *_: made)
    return dry_run(tiny_config(*SETTINGS, *settings)), made


def test_one_candidate_is_timed_and_nothing_is_left(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found, executor = forecast(monkeypatch)
    assert executor.evaluated == [found.timed]
    assert executor.closed
    assert (found.candidates, found.steps, found.passes) == (80, 80, 80 * 20)
    assert found.hours == pytest.approx(found.seconds * 80 / 2 / 3600)
    assert found.workers == 2
    assert found.disk_mb > 0
    assert list(tmp_path.iterdir()) == []


def test_rungs_and_limits_are_part_of_it(monkeypatch):
    found, _ = forecast(monkeypatch, "rungs.passes=[1, 4, 12]", "rungs.promote=0.5")
    assert (found.steps, found.passes) == (140, 80 * (1 + 1.5 + 2))
    few, _ = forecast(monkeypatch, "search.max_evaluations=10", "search.max_hours=0.001")
    assert (few.candidates, few.steps, few.hours) == (80, 10, 0.001)
    inline, _ = forecast(monkeypatch, "execution.executor=inline")
    assert inline.workers == 1


def test_where_candidates_fail_another_one_is_timed(monkeypatch):
    fails = []

    def fail(task):
        fails.append(task.name)
        return len(fails) < 3

    executor = Clock()
    executor.measure = lambda task: (
        Failure("diverged", "loss is nan") if fail(task) else Clock.measure(executor, task)
    )
    found, _ = forecast(monkeypatch, executor=executor)
    assert found.timed == fails[2]
    executor.measure = lambda task: Failure("diverged", "loss is nan")
    with pytest.raises(NothingFound, match="loss is nan"):
        forecast(monkeypatch, executor=executor)


def test_what_is_trained_first_is_trained_to_the_last_rung(monkeypatch):
    settings = [
        "data.dataset=digits",
        "rungs.passes=[1, 4]",
        "rungs.promote=0.5",
        'search.init=["resnet8", "resnet14"]',
    ]
    monkeypatch.setattr(evoapproxnas.search.trial, "make_executor", lambda *_: Clock())
    passes = {}
    for first in (False, True):
        more = [*settings, *SETTINGS, f"inheritance.init_first={first}".lower()]
        found = dry_run(load_config(preset="cifar10", settings=more))
        assert found.candidates == 80
        passes[first] = found.passes
    assert passes == {False: 80 * (1 + 1.5), True: 2 * 4 + 78 * (1 + 1.5)}
