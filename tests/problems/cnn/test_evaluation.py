import json

import keras
import numpy as np
import pytest

from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.executors import ProcessExecutor, Task
from evoapproxnas.problems.cnn.population import initial_candidates, make_space
from evoapproxnas.problems.cnn.tasks import (
    MODELS,
    EvaluationTask,
    TestTask,
    evaluate,
    measure_test,
)
from evoapproxnas.records import Evaluation
from tests.fakes import tiny_config


@pytest.fixture(scope="module")
def call():
    """Run a function in a worker, which has its own TensorFlow with its own threads."""
    executor = ProcessExecutor(workers=1, threads_per_worker=1, timeout_seconds=120, memory_gb=8)

    def run(function, work, blobs=None):
        ((_, outcome),) = executor.run([Task.of(function, work, blobs)])
        return outcome

    yield run
    executor.close()


@pytest.fixture(scope="module")
def task():
    config = tiny_config("training.epochs=2", "data.train_images=400")
    space = make_space(config)
    candidate = initial_candidates(space, 0, 0, 2)[1]
    return EvaluationTask("g00-01", json.loads(candidate.network), config, 11)


@pytest.fixture(scope="module")
def result(call, task):
    return call(evaluate, task)


@pytest.fixture(scope="module")
def evaluation(result):
    return result.read(Evaluation)


def approximated(result, folder):
    file = folder / "model.keras"
    file.write_bytes(result.blobs[MODELS[0]])
    return keras.saving.load_model(file)


def test_figures_and_baselines_are_there(evaluation):
    for name in ("error", "exact8_error", "float_error"):
        assert 0 <= evaluation.metrics[name] <= 1
    assert evaluation.metrics["epochs"] == 2
    assert evaluation.training.budget == 2
    assert set(evaluation.assignment) >= {"head"}
    assert [record["epoch"] for record in evaluation.training.history] == [1, 2]
    assert evaluation.seconds > 0


def test_the_same_seed_gives_the_same_figures(call, task, evaluation):
    assert call(evaluate, task).read(Evaluation).metrics == evaluation.metrics


def test_saved_models_are_what_was_measured(call, task, result, tmp_path):
    test = TestTask(task.name, task.network, task.config)
    metrics = call(measure_test, test, result.blobs).read(Evaluation).metrics
    assert set(metrics) == {"accuracy", "float_accuracy", "exact8_accuracy"}
    assert approximated(result, tmp_path).input_shape == (None, 8, 8, 1)


def test_models_that_are_gone_cannot_be_tested(call, task, result):
    test = TestTask(task.name, task.network, task.config)
    outcome = call(measure_test, test, {MODELS[0]: result.blobs[MODELS[0]]})
    assert (outcome.kind, "its models are gone" in outcome.reason) == ("raised", True)


def test_a_candidate_is_quantized_as_the_run_says(call, task, tmp_path):
    options = {"activation_bits": 6, "weight_bits": 5, "tune_weights": True, "per_channel": True}
    settings = [f"quantization.{key}={str(value).lower()}" for key, value in options.items()]
    config = tiny_config(
        "training.epochs=1", "data.train_images=100", "quantization.range_method=percentile",
        *settings,
    )  # fmt: skip
    result = call(evaluate, EvaluationTask("narrow", task.network, config, task.seed))
    assert result.payload["metrics"]["error"] <= 1
    layers = list(emulated_layers(approximated(result, tmp_path)).values())
    assert layers
    for layer in layers:
        assert options.items() <= layer.get_config().items()
        assert np.asarray(layer.input_histogram)[2**6 :].sum() == 0


def test_layers_may_have_operand_widths_of_their_own(call, tmp_path):
    config = tiny_config(
        "training.epochs=2", "data.train_images=400",
        "space.multipliers=['mul8u_exact_a3w3', 'mul8u_exact@a4w4']",
    )  # fmt: skip
    space = make_space(config)
    candidate = initial_candidates(space, 0, 0, 2)[1]
    result = call(evaluate, EvaluationTask("mixed", json.loads(candidate.network), config, 11))
    model = approximated(result, tmp_path)
    widths = {
        layer.multiplier.name: layer.quantization.widths
        for layer in emulated_layers(model).values()
        if layer.name != "head"
    }
    assert set(widths.items()) <= {("mul8u_exact_a3w3", (3, 3)), ("mul8u_exact", (4, 4))}
    # The baseline is exact and of 8 bits, whatever the layers' own widths.
    metrics = result.read(Evaluation).metrics
    assert abs(metrics["exact8_error"] - metrics["float_error"]) < 0.02
    assert metrics["error"] > metrics["exact8_error"]
