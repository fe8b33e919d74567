import json
from dataclasses import replace

import keras
import numpy as np
import pytest

from evoapproxnas.cgp import Genotype
from evoapproxnas.config import parse_config
from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.executors import ProcessExecutor, Task
from evoapproxnas.problems.cnn.population import initial_candidates, make_space
from evoapproxnas.problems.cnn.tasks import (
    MODEL,
    WEIGHTS,
    EvaluationTask,
    Origin,
    TestTask,
    evaluate,
    measure_test,
    numbered,
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
    return EvaluationTask("g00-01", json.loads(candidate.network), config, 11, 2)


def load_config_like(config, *settings):
    values = config.model_dump(mode="json", exclude_none=True)
    for setting in settings:
        section, _, rest = setting.partition(".")
        key, _, value = rest.partition("=")
        values[section][key] = json.loads(value)
    return parse_config(values)


@pytest.fixture(scope="module")
def result(call, task):
    return call(evaluate, task)


@pytest.fixture(scope="module")
def evaluation(result):
    return result.read(Evaluation)


@pytest.fixture(scope="module")
def tested(call, task, result, evaluation):
    assignments = (evaluation.assignment, dict.fromkeys(evaluation.assignment, "mul8u_exact"))
    work = TestTask(task.network, assignments, task.config, task.name)
    return call(measure_test, work, result.blobs)


def approximated(tested, folder):
    file = folder / "model.keras"
    file.write_bytes(tested.blobs[numbered(MODEL, 0)])
    return keras.saving.load_model(file)


def test_figures_and_baselines_are_there(evaluation):
    for name in ("error", "exact8_error", "float_error"):
        assert 0 <= evaluation.metrics[name] <= 1
    assert evaluation.training.budget == 2
    assert set(evaluation.assignment) >= {"head"}
    assert [record["epoch"] for record in evaluation.training.history] == [1, 2]
    assert evaluation.seconds > 0


def test_the_same_seed_gives_the_same_figures(call, task, evaluation):
    assert call(evaluate, task).read(Evaluation).metrics == evaluation.metrics


def test_a_member_is_tested_with_the_weights_that_were_measured(tested, tmp_path):
    first, second = (point.metrics for point in tested.read(Evaluation).points)
    assert set(first) == {"accuracy", "float_accuracy", "exact8_accuracy"}
    assert second == {**first, "accuracy": first["exact8_accuracy"]}
    assert approximated(tested, tmp_path).input_shape == (None, 8, 8, 1)
    assert set(tested.blobs) == {numbered(MODEL, 0), numbered(MODEL, 1)}


def test_members_are_tested_together_as_each_is_alone(call, task, result, tested, evaluation):
    alone = TestTask(task.network, (evaluation.assignment,), task.config, task.name)
    single = call(measure_test, alone, result.blobs).read(Evaluation)
    assert single.points == tested.read(Evaluation).points[:1]


def test_damaged_weights_fail_the_test_of_their_member_alone(call, task, evaluation):
    work = TestTask(task.network, (evaluation.assignment,), task.config, "g00-01")
    failure = call(measure_test, work, {WEIGHTS: b"nothing"})
    assert failure.kind == "raised"
    assert failure.reason.startswith("cannot read weights of g00-01")


def test_training_goes_on_from_weights(call, task, result, evaluation):
    source = Origin(task.network, "g00-01", 2)
    longer = replace(task, source=source)
    trained = call(evaluate, longer, result.blobs).read(Evaluation)
    assert trained.training.history[0]["loss"] < evaluation.training.history[0]["loss"]
    emulated = call(evaluate, replace(longer, passes=0), result.blobs)
    assert emulated.blobs == {}
    assert emulated.read(Evaluation).training is None
    assert emulated.read(Evaluation).metrics == evaluation.metrics


def test_a_child_begins_near_its_parent(call, task, result, evaluation):
    config = load_config_like(task.config, "inheritance.enabled=true")
    space = make_space(config)
    parent = initial_candidates(space, 0, 0, 2)[1]
    genotype = Genotype.from_list(space.grid, parent.genes)
    child = space.decode(space.mutate(genotype, np.random.default_rng(1), rate=0.02))
    source = Origin(task.network, "g00-01", 2, ({"n01_conv": "mul8u_exact"},))
    work = EvaluationTask("g01-00", child.to_dict(), config, 12, 1, source)
    inherited = call(evaluate, work, result.blobs).read(Evaluation)
    scratch = call(evaluate, replace(work, source=None)).read(Evaluation)
    first = inherited.training.history[0]["loss"], scratch.training.history[0]["loss"]
    assert first[0] < first[1]


def test_one_training_gives_a_front_of_assignments(call, task):
    config = load_config_like(task.config, "assignment.enabled=true", "assignment.verify=6")
    choices = ("exact8", "mul8u_exact_a4w4", "mul8u_exact_a2w2")
    work = replace(task, config=config, choices=choices)
    found = call(evaluate, work).read(Evaluation).points
    energies = [point.metrics["energy_nj"] for point in found]
    errors = [point.metrics["error"] for point in found]
    assert len(found) > 1
    assert len({tuple(point.assignment.items()) for point in found}) == len(found)
    order = np.argsort(energies)
    assert (np.diff(np.array(errors)[order]) <= 0).all()
    for point in found:
        assert point.metrics["macs"] == found[0].metrics["macs"]
        assert {"float_error", "exact8_error", "relative_energy"} <= set(point.metrics)


def points_within(call, task, limits):
    settings = "assignment.enabled=true", f"search.limits={json.dumps(limits)}"
    choices = ("exact8", "mul8u_exact_a4w4", "mul8u_exact_a2w2")
    work = replace(task, config=load_config_like(task.config, *settings), choices=choices)
    return call(evaluate, work).read(Evaluation).points


def test_a_network_far_beyond_the_limit_of_the_error_gets_no_front(call, task):
    (point,) = points_within(call, task, {"error": 0.001, "macs": 1e9})
    assert set(point.assignment.values()) == {"mul8u_exact"}
    assert point.metrics["error"] == point.metrics["exact8_error"] > 0.1


def test_it_gets_one_where_cheaper_circuits_come_nearer_to_a_limit(call, task):
    assert len(points_within(call, task, {"error": 0.001, "relative_energy": 0.1})) > 1


def model_of(call, task, config, result, folder):
    assignment = result.read(Evaluation).assignment
    test = TestTask(task.network, (assignment,), config, task.name)
    return approximated(call(measure_test, test, result.blobs), folder)


def test_a_candidate_is_quantized_as_the_run_says(call, task, tmp_path):
    options = {"activation_bits": 6, "weight_bits": 5, "tune_weights": True, "per_channel": True}
    settings = [f"quantization.{key}={str(value).lower()}" for key, value in options.items()]
    config = tiny_config(
        "training.epochs=1", "data.train_images=100", "quantization.range_method=percentile",
        *settings,
    )  # fmt: skip
    result = call(evaluate, EvaluationTask("narrow", task.network, config, task.seed, 1))
    assert result.payload["metrics"]["error"] <= 1
    layers = list(emulated_layers(model_of(call, task, config, result, tmp_path)).values())
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
    work = EvaluationTask("mixed", json.loads(candidate.network), config, 11, 2)
    result = call(evaluate, work)
    model = model_of(call, work, config, result, tmp_path)
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
