from importlib import resources

import pytest

import evoapproxnas.problems.cnn.evaluation
from evoapproxnas.errors import CandidateError, QuantizationError
from evoapproxnas.executors import Task
from evoapproxnas.problems import make_problem
from evoapproxnas.problems.cnn.tasks import EvaluationTask, describe_data, evaluate, recipe
from tests.fakes import tiny_config


def test_a_recipe_is_what_trainings_have_in_common():
    first = recipe(tiny_config())
    for same in ("data.data_dir=/elsewhere", "training.epochs=3", "seed=4", "search.population=9"):
        assert recipe(tiny_config(same)) == first
    for other in ("training.batch_size=7", "data.train_images=99", "data.dataset=cifar10"):
        assert recipe(tiny_config(other)) != first


def test_a_handshake_shows_other_data_and_other_multipliers():
    def answer(*settings):
        return describe_data(make_problem(tiny_config(*settings)).handshake).payload

    here = answer()
    assert set(here) == {"data set digits", "multipliers"}
    assert answer("training.epochs=3") == here
    fewer = answer("data.train_images=99")
    assert fewer["data set digits"] != here["data set digits"]
    other = answer("space.multipliers=['mul8u_exact']")
    assert other["multipliers"] != here["multipliers"]


def test_a_handshake_shows_what_is_in_an_accelerators_file(tmp_path):
    file = tmp_path / "mine.toml"
    folder = resources.files("evoapproxnas.hardware.accelerators")
    text = (folder / "eyeriss.toml").read_text("utf-8")
    problem = make_problem(tiny_config(f"hardware.accelerator={file}"))

    def answer(content):
        file.write_text(content)
        return describe_data(problem.handshake).payload[f"accelerator {file}"]

    first = answer(text)
    assert answer(f"# a comment\n{text}") == first
    assert answer(text.replace("rows = 12", "rows = 6")) != first
    assert answer(text.replace("clock_mhz = 200", "clock_mhz = 100")) != first


def test_what_cannot_be_quantized_is_one_candidates_failure(monkeypatch):
    def unusable(task, weights):
        raise QuantizationError("all inputs are zero")

    monkeypatch.setattr(evoapproxnas.problems.cnn.evaluation, "evaluate_candidate", unusable)
    with pytest.raises(CandidateError, match="cannot be quantized: all inputs are zero"):
        evaluate(Task.of(evaluate, EvaluationTask("g00-00", {}, tiny_config(), 1, 1)))
