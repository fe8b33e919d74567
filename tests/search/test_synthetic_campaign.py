"""The loop over a problem that is no network, in a process without TensorFlow."""

import sqlite3
import subprocess
import sys
from dataclasses import replace

import pytest

from evoapproxnas.errors import ConfigError, EnvironmentBroken, StoreError
from evoapproxnas.executors import InlineExecutor
from evoapproxnas.problems.synthetic import SyntheticProblem, true_front
from evoapproxnas.records import Evaluation, Failure
from evoapproxnas.search import run_campaign
from evoapproxnas.store import Database, load_run
from tests.fakes import Recorder
from tests.synthetic_runs import Scripted, synthetic_run


def campaign(run, executor=None):
    recorder = Recorder()
    run_campaign(run, executor or InlineExecutor(), recorder)
    return recorder


def test_a_campaign_needs_no_network_and_no_tensorflow(tmp_path):
    code = f"""
import sys
import evoapproxnas as ea
from evoapproxnas.executors import InlineExecutor
from evoapproxnas.search import Silent, run_campaign
from tests.synthetic_runs import synthetic_run
from pathlib import Path
run = synthetic_run(Path({str(tmp_path / "run")!r}), "search.generations=3")
run_campaign(run, InlineExecutor(), Silent())
print([m for m in ("tensorflow", "keras", "evoapproxnas.problems.cnn") if m in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]", "also where the campaign's process does the work"
    assert len(load_run(tmp_path / "run").front())


def test_the_front_comes_near_the_known_one(tmp_path):
    run = synthetic_run(
        tmp_path / "a", "search.population=40", "search.generations=30", "search.mutation_rate=0.1"
    )
    campaign(run)
    found = set(zip(run.front()["error"], run.front()["cost"], strict=True))
    assert len(found & set(true_front())) > 10
    assert all(error >= best for error, cost in found for best, c in true_front() if c == cost)


def test_work_on_the_store_does_not_grow_with_the_run(tmp_path, monkeypatch):
    statements, counts = [], []
    connect = sqlite3.connect

    def traced(*args, **kwargs):
        connection = connect(*args, **kwargs)
        connection.set_trace_callback(statements.append)
        return connection

    monkeypatch.setattr(sqlite3, "connect", traced)
    run = synthetic_run(tmp_path / "a", "search.generations=30", "search.population=6")

    class Counting(Recorder):
        def generation(self, progress, front_size):
            counts.append(len(statements))

    run_campaign(run, InlineExecutor(), Counting())
    spent = [b - a for a, b in zip(counts[1:], counts[2:], strict=False)]
    assert max(spent) <= 6 * 8 + 8
    assert max(spent[15:]) <= max(spent[:15])
    assert not [s for s in statements[counts[0] :] if s.startswith("SELECT *")]


@pytest.mark.parametrize("error", [EnvironmentBroken("no TensorFlow"), StoreError("disk full")])
def test_a_broken_environment_fails_no_candidate(tmp_path, error):
    run, whole = synthetic_run(tmp_path / "a"), synthetic_run(tmp_path / "b")
    campaign(whole)
    executor = Scripted(lambda task, _: error if len(executor.tasks) == 11 else None)
    with pytest.raises(type(error), match=str(error)):
        campaign(run, executor)
    assert run.failures().empty
    assert len(run.evaluations()) == 11
    assert "stopped: " + str(error) in (run.path / "campaign.log").read_text()
    campaign(load_run(run.path))
    assert (run.path / "front.csv").read_bytes() == (whole.path / "front.csv").read_bytes()


def test_what_was_lost_with_its_machine_is_done_again_once(tmp_path):
    gone = Failure("lost", "node 3 is gone")
    first = []

    def lose(task, before):
        first.append(task)
        once = first[1:2] == [task] and before == 0
        return gone if once or first[2:3] == [task] else None

    run = synthetic_run(tmp_path / "a", "search.generations=0")
    recorder = campaign(run, Scripted(lose))
    assert len(run.evaluations()) == 7
    assert list(run.failures()["kind"]) == ["crashed"]
    assert "lost twice: node 3 is gone" in run.failures()["reason"][0]
    assert any("done again" in message for message in recorder.messages)


def test_limits_on_cheap_figures_spare_the_work_and_lead_the_search(tmp_path):
    run = synthetic_run(
        tmp_path / "a", "search.limits={cost=15}", "search.population=10", "search.generations=12"
    )
    executor = Scripted()
    recorder = campaign(run, executor)
    assert all(sum(task.genes) <= 15 for task in executor.tasks)
    rejected = run.failures()
    assert set(rejected["kind"]) == {"rejected"}
    assert "search.limits asks for cost <= 15" in rejected["reason"][0]
    assert recorder.generations[-1][0].counts.rejected == len(run.database.rejections())
    in_first = [t for t in run.database.states() if t.generation == 0]
    assert len(run.front()) >= 3
    assert (run.front()["cost"] <= 15).all()
    assert len(in_first) == 10


def test_limits_have_the_direction_of_their_figure(tmp_path):
    run = synthetic_run(tmp_path / "a", "search.limits={spare=40}", "search.generations=8")
    campaign(run)
    assert (run.front()["spare"] >= 40).all()
    assert len(run.front())


def test_figures_beyond_a_limit_are_infeasible_not_failed(tmp_path):
    run = synthetic_run(tmp_path / "a", "search.limits={error=0.2}", "search.generations=1")
    campaign(run)
    states = run.database.states()
    evaluations = run.database.evaluations()
    errors = {step.candidate: e.metrics["error"] for step, e in evaluations.items()}
    for place, error in errors.items():
        assert states[place] == ("infeasible" if error > 0.2 else "evaluated")


def test_a_campaign_in_which_everything_fails_ends_early_and_says_why(tmp_path):
    run = synthetic_run(tmp_path / "a", "search.population=4")
    recorder = campaign(run, Scripted(lambda task, _: Failure("raised", "the kernel is gone")))
    assert len(run.failures()) == 8
    assert recorder.messages[-1].startswith("finished: every candidate of the last 2 generations")
    assert "the kernel is gone" in recorder.messages[-1]
    assert run.front().empty


def test_figures_that_are_no_numbers_are_failures(tmp_path, monkeypatch):
    run = synthetic_run(tmp_path / "a", "search.generations=0", "search.population=4")
    wrong = Evaluation({"error": float("nan")})
    monkeypatch.setattr(SyntheticProblem, "receive", lambda *_, **__: wrong)
    campaign(run)
    assert set(run.failures()["kind"]) == {"raised"}
    assert "error is nan, not a finite number" in run.failures()["reason"][0]


def test_a_space_that_cannot_be_varied_fails_candidates_and_then_ends(tmp_path, monkeypatch):
    def stuck(*_):
        raise ConfigError("1000 mutants were the parent again; widen the space")

    monkeypatch.setattr(SyntheticProblem, "vary", stuck)
    run = synthetic_run(tmp_path / "a", "search.population=4", "search.generations=9")
    recorder = campaign(run)
    assert len(run.evaluations()) == 4
    assert set(run.failures()["kind"]) == {"unvaried"}
    assert "widen the space" in recorder.messages[-1]
    again = campaign(load_run(run.path))
    assert again.messages[-1] == recorder.messages[-1]


def test_test_figures_are_measured_once(tmp_path):
    run = synthetic_run(tmp_path / "a", "search.generations=1")
    campaign(run)
    assert (run.front()["test_error"] == run.front()["error"]).all()
    executor = Scripted()
    campaign(load_run(run.path), executor)
    assert executor.tasks == []


@pytest.mark.parametrize("writes", [1, 2, 5, 11, 23, 47, 90])
def test_an_end_at_any_write_loses_nothing(tmp_path, monkeypatch, writes):
    settings = ("search.population=4", "search.generations=3", "search.limits={cost=45}")
    run, whole = synthetic_run(tmp_path / "a", *settings), synthetic_run(tmp_path / "b", *settings)
    campaign(whole)
    left, write = [writes], Database._write

    def ending(database, statement, *values):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return write(database, statement, *values)

    with monkeypatch.context() as patch:
        patch.setattr(Database, "_write", ending)
        with pytest.raises(KeyboardInterrupt):
            campaign(run)
    campaign(load_run(run.path))
    again = load_run(run.path)
    for read in ("outcomes", "generations", "states", "tests", "candidates", "cache_hits"):
        mine, other = (getattr(r.database, read)() for r in (again, whole))
        assert without_seconds(mine) == without_seconds(other), read
    assert (run.path / "front.csv").read_bytes() == (whole.path / "front.csv").read_bytes()


def without_seconds(records):
    if isinstance(records, dict):
        return {k: replace(v, seconds=0.0) if hasattr(v, "seconds") else v
                for k, v in records.items()}  # fmt: skip
    return records


@pytest.mark.parametrize("first", [7, 10, 14, 15])
def test_rejections_in_a_generation_that_is_cut_short_stand_in_nobodys_way(tmp_path, first):
    settings = ('search.limits={"cost"=25}', "search.generations=6")
    whole = synthetic_run(tmp_path / "whole", *settings)
    run = synthetic_run(tmp_path / "a", *settings, f"search.max_evaluations={first}")
    campaign(whole)
    campaign(run)
    done = len(run.evaluations())
    assert done == first
    assert set(whole.failures()["kind"]) == {"rejected"}  # Which take no evaluation.
    longer = load_run(run.path)
    longer.reconfigure({"search": {"max_evaluations": 1000}})
    campaign(longer)
    assert longer.front().equals(whole.front())
    assert longer.database.generations() == whole.database.generations()
