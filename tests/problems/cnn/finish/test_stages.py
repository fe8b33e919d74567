"""The work of workers, on digits."""

import json

import keras
import pytest

from evoapproxnas.config import DataConfig
from evoapproxnas.errors import StoreError
from evoapproxnas.executors import ProcessExecutor, Task
from evoapproxnas.networks import Network
from evoapproxnas.problems import CHECKPOINT, Turn
from evoapproxnas.problems.cnn.finish.settings import finish_settings
from evoapproxnas.problems.cnn.finish.tasks import (
    TEACHER,
    AssignWork,
    TrainWork,
    TuneWork,
    assign,
    train,
    tune,
)
from evoapproxnas.problems.cnn.population import initial_candidates, make_space
from evoapproxnas.problems.cnn.tasks import MODEL, WEIGHTS
from evoapproxnas.training import accuracy, load_dataset
from tests.fakes import tiny_config

SETTINGS = (
    *("data.train_images=100", "finish.passes=3", "finish.finetune_passes=2", "finish.verify=4"),
    *("finish.gradient=table", "finish.finetune_learning_rate=0.02", "quantization.kernel=numba"),
)


@pytest.fixture(scope="module")
def call():
    executor = ProcessExecutor(workers=1, threads_per_worker=1, timeout_seconds=240, memory_gb=8)

    def run(function, work, blobs=None):
        ((_, outcome),) = executor.run([Task.of(function, work, blobs)])
        return outcome

    yield run
    executor.close()


def to_the_end(call, function, work, blobs):
    """Do all turns; return the last result and how many there were."""
    for turns in range(1, 20):
        result = call(function, work, blobs)
        if result.read(Turn).complete:
            return result, turns
        blobs = {**blobs, CHECKPOINT: result.blobs[CHECKPOINT]}
    raise RuntimeError("a training does not end")


def config(*settings):
    return finish_settings(tiny_config(*SETTINGS, *settings))


@pytest.fixture(scope="module")
def network():
    candidate = initial_candidates(make_space(tiny_config()), 0, 0, 2)[1]
    return json.loads(candidate.network)


@pytest.fixture(scope="module")
def trained(call, network):
    result, turns = to_the_end(call, train, TrainWork("g00-01", network, config(), 3, ""), {})
    assert turns == 1
    return result


@pytest.fixture(scope="module")
def data():
    return load_dataset(DataConfig(dataset="digits"))


def test_turns_give_the_training_of_a_single_one(call, network, trained):
    work = TrainWork("g00-01", network, config("finish.turn_seconds=0"), 3, "")
    first = call(train, work).read(Turn)
    assert (first.complete, first.record) == (False, {})
    assert first.text.startswith("trained for 1 of 3 passes, validation")
    result, turns = to_the_end(call, train, work, {})
    assert turns == 3
    assert result.blobs[WEIGHTS] == trained.blobs[WEIGHTS]


def test_a_training_whose_state_was_damaged_begins_anew(call, network):
    work = TrainWork("g00-01", network, config("finish.turn_seconds=0"), 3, "")
    turn = call(train, work, {CHECKPOINT: b"half of a state"}).read(Turn)
    assert turn.text.startswith("begun anew, as its state was lost (cannot read its checkpoint")
    assert "trained for 1 of 3 passes" in turn.text


def test_damaged_weights_of_a_finished_training_are_named(call, network):
    work = AssignWork("g00-01", network, config(), 3, ("mul8u_exact",), ())
    with pytest.raises(StoreError, match=r"remove finish/g00-01\.npz and finalize again"):
        call(assign, work, {WEIGHTS: b"half of them"})


def test_all_training_images_are_used_and_the_best_epoch_is_kept(trained, data):
    record = trained.read(Turn).record
    best = max(epoch["val_accuracy"] for epoch in record["history"])
    assert record["val_accuracy"] == best
    assert (record["passes"], record["seed"], record["begun_with"]) == (3, 3, "")
    assert {e["steps"] for e in record["history"]} == {len(data.x_train) // 32}


def test_training_may_begin_with_weights_and_have_a_teacher(call, network, trained):
    weights = trained.blobs[WEIGHTS]
    work = TrainWork("g00-01", network, config("finish.passes=1"), 4, "g00-01-r1", network)
    result = call(train, work, {WEIGHTS: weights, TEACHER: weights})
    record = result.read(Turn).record
    assert record["begun_with"] == "g00-01-r1"
    assert record["val_accuracy"] > trained.read(Turn).record["history"][0]["val_accuracy"]


def test_a_front_of_assignments_with_baselines(call, network, trained):
    known = ({"head": "mul8u_exact"},)
    choices = ("mul8u_exact", "mul8u_or8_v6", "mul8u_or11_v9")
    work = AssignWork("g00-01", network, config(), 3, choices, known)
    record = call(assign, work, {WEIGHTS: trained.blobs[WEIGHTS]}).read(Turn).record
    energies = [found["energy_nj"] for found in record["front"]]
    assert energies == sorted(energies, reverse=True)
    assert set(record["front"][0]["assignment"]) == set(Network.from_dict(network).assignment)
    assert record["test_images"] == 350
    assert abs(record["float_accuracy"] - record["exact8_accuracy"]) < 0.05


def test_it_is_said_where_no_assignment_is_good_enough(call, network, trained):
    coarse = ("quantization.per_channel=false", "quantization.range_method=minmax")
    few = config("finish.max_loss_points=0.001", "finish.verify=1", *coarse)
    work = AssignWork("g00-01", network, few, 3, ("mul8u_trunc_a6_w6",), ())
    turn = call(assign, work, {WEIGHTS: trained.blobs[WEIGHTS]}).read(Turn)
    assert "none is fine-tuned, as all that take less than exact 8-bit lose more" in turn.text
    assert "0.001 points (finish.max_loss_points)" in turn.text


def test_fine_tuning_in_turns_leaves_the_model_that_was_measured(
    call, network, trained, data, tmp_path
):
    coarse = Network.from_dict(network)
    names = [layer.name for layer in coarse.approx_layers[:-1]]
    coarse = coarse.with_assignment(dict.fromkeys(names, "mul8u_or11_v9")).to_dict()
    work = TuneWork(
        "g00-01-f1", coarse, config("finish.turn_seconds=0"), 5, "t", "approximate", network
    )
    blobs = {WEIGHTS: trained.blobs[WEIGHTS], TEACHER: trained.blobs[WEIGHTS]}
    result, turns = to_the_end(call, tune, work, blobs)
    assert turns == 2
    record = result.read(Turn).record
    assert record["val_accuracy"] >= record["val_before"]
    assert (record["gradient"], record["training"]) == ("table", "t")
    assert 0 < record["figures"]["relative_energy"] < 1
    file = tmp_path / "model.keras"
    file.write_bytes(result.blobs[MODEL])
    model = keras.saving.load_model(file)
    assert accuracy(model, data.x_test, data.y_test) == record["test_accuracy"]
