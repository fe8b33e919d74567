import json

import pytest

import evoapproxnas as ea
from evoapproxnas.errors import ConfigError, StoreError
from evoapproxnas.problems import make_problem
from evoapproxnas.search import run_campaign
from evoapproxnas.search.inputs import inputs_of
from evoapproxnas.search.reuse import Reuse
from tests.fakes import FakeExecutor, Recorder, tiny_config, tiny_run

LEVELS = ("inheritance.enabled=true", "rungs.passes=[2, 6]")


def campaign(run):
    executor, recorder = FakeExecutor(), Recorder()
    run_campaign(run, executor, recorder)
    return executor, recorder


def test_trainings_of_another_run_are_taken_over(tmp_path):
    first = tiny_run(tmp_path / "first", *LEVELS)
    done, _ = campaign(first)
    second = tiny_run(tmp_path / "second", *LEVELS, f"search.reuse=['{first.path}']")
    again, recorder = campaign(second)
    kept = [e for e in first.database.evaluations() if (first.models_dir / f"{e}.npz").exists()]
    assert kept
    assert len(again.evaluated) == len(done.evaluated) - len(kept)
    assert recorder.generations[-1][0].counts.reused == len(kept)
    reused = [row for row in second.database.trainings() if row.reused_from]
    assert {row.reused_from for row in reused} == {"first"}
    assert second.front().equals(first.front())


def test_figures_hold_only_with_the_same_multipliers(tmp_path):
    first = tiny_run(tmp_path / "first", *LEVELS)
    campaign(first)
    config = tiny_config(*LEVELS, f"search.reuse=['{first.path}']")
    problem = make_problem(config)
    assert _measured(problem, config) == {True}
    changed = dict(inputs_of(problem)) | {"multipliers": "0123"}
    (first.path / "inputs.json").write_text(json.dumps(changed))
    assert _measured(problem, config) == {False}


def _measured(problem, config):
    return {known.measured for known in Reuse(problem, config)._known.values()}


def test_a_run_on_other_images_of_that_name_is_refused_before_there_is_a_run(tmp_path):
    first = tiny_run(tmp_path / "first", *LEVELS)
    (first.path / "inputs.json").write_text(json.dumps({"data set digits": "0123"}))
    config = tiny_config(*LEVELS, f"search.reuse=['{first.path}']")
    with pytest.raises(ConfigError, match="search.reuse: run first was trained on other images"):
        ea.search(config, name="second", runs_dir=tmp_path)
    missing = tiny_config(*LEVELS, "search.reuse=['nowhere']")
    with pytest.raises(StoreError, match="search.reuse: no run folder at .*nowhere; runs in"):
        ea.search(missing, name="second", runs_dir=tmp_path)
    assert not (tmp_path / "second").exists()


def test_what_another_run_removed_meanwhile_is_trained(tmp_path):
    first = tiny_run(tmp_path / "first", *LEVELS)
    done, _ = campaign(first)
    second = tiny_run(tmp_path / "second", *LEVELS, f"search.reuse=['{first.path}']")

    class Removing(Recorder):
        def outcome(self, candidate, outcome, progress):
            for file in first.models_dir.glob("*.npz"):
                file.unlink()

    again = FakeExecutor()
    run_campaign(second, again, Removing())
    reused = [row for row in second.database.trainings() if row.reused_from]
    assert len(reused) <= 1
    assert len(again.evaluated) == len(done.evaluated) - len(reused)
