import keras
import pandas as pd
import pytest

import evoapproxnas.emulation  # noqa: F401  # registers the layers with Keras
from evoapproxnas.config import DataConfig
from evoapproxnas.errors import ConfigError, UnknownNameError
from evoapproxnas.nsga2_arrays import Evolution
from evoapproxnas.resilience import AssignOptions, assign, retrain_front
from evoapproxnas.resilience.assignment import layer_choices
from evoapproxnas.resilience.front_retraining import middle_to_end
from evoapproxnas.resilience.retraining import finetune_assignment
from evoapproxnas.training import accuracy, load_dataset

OPTIONS = AssignOptions(
    multipliers=("mul8u_or10_v9", "mul8u_or12_v10"),
    sensitivity_images=40,
    verify=8,
    rounds=2,
    evolution=Evolution(20, 5),
    max_loss_points=60.0,
)


@pytest.fixture(scope="module")
def few():
    return load_dataset(DataConfig(dataset="digits", train_images=512, test_images=100))


@pytest.fixture(scope="module")
def result(trained, few):
    return assign(trained, few, options=OPTIONS)


def test_retrained_members_are_saved_and_not_trained_twice(trained, few, result, tmp_path):
    member = result.members[-1].id
    told = []
    table = retrain_front(
        trained,
        few,
        result,
        OPTIONS,
        epochs=1,
        members=[member],
        gradients=("ste", "table"),
        folder=tmp_path,
        observer=lambda *event: told.append(event),
    )
    assert list(table["gradient"]) == ["ste", "table"]
    assert (table["accuracy"] >= table["accuracy_before"]).all()
    assert table["test_accuracy_before"].nunique() == 1
    saved = keras.saving.load_model(tmp_path / f"{member}-ste.keras")
    assert accuracy(saved, few.x_test, few.y_test) == table["test_accuracy"].iloc[0]
    again = retrain_front(
        trained, few, result, OPTIONS, epochs=1, members=[member], folder=tmp_path
    )
    assert again.equals(table.iloc[:1])
    assert [event[2:] for event in told] == [(1, 2), (2, 2)]


def test_teachers_are_written_down_and_rows_of_earlier_versions_had_none(
    trained, few, result, tmp_path
):
    member = result.members[-1].id
    given = {"epochs": 1, "members": [member], "folder": tmp_path}
    alone = retrain_front(trained, few, result, OPTIONS, **given)
    journal = tmp_path / "retrained.csv"
    pd.read_csv(journal).drop(columns="teacher").to_csv(journal, index=False)
    taught = retrain_front(trained, few, result, OPTIONS, teacher="exact8", **given)
    assert list(pd.read_csv(journal)["teacher"]) == ["none", "exact8"]
    assert retrain_front(trained, few, result, OPTIONS, **given).equals(alone)
    assert retrain_front(trained, few, result, OPTIONS, teacher="exact8", **given).equals(taught)
    assert (tmp_path / f"{member}-ste-exact8.keras").is_file()
    assert not list(tmp_path.glob("*.npz"))
    by_float = retrain_front(trained, few, result, OPTIONS, teacher="float", **given)
    assert (by_float["accuracy"] >= by_float["accuracy_before"]).all()


def test_a_retraining_goes_on_after_its_last_whole_epoch(trained, few, result, tmp_path):
    """What was trained is not trained again: the checkpoint alone tells what came out."""
    member = result.members[-1]
    options = {"epochs": 1, "members": [member.id]}
    alone = retrain_front(trained, few, result, OPTIONS, **options)
    choices = {choice.name: choice for choice in layer_choices(OPTIONS)}
    finetune_assignment(
        trained,
        few,
        {path: choices[name] for path, name in member.multipliers.items()},
        1,
        calibration=few.x_train[:256],
        quantization=OPTIONS.quantization,
        gradient="ste",
        checkpoint=tmp_path / f"{member.id}-ste-1.checkpoint.npz",
    )
    again = retrain_front(trained, few, result, OPTIONS, folder=tmp_path, **options)
    assert again["accuracy"].equals(alone["accuracy"])
    assert not list(tmp_path.glob("*.npz"))


def test_members_are_chosen_from_the_middle_to_the_cheap_end(result):
    chosen = middle_to_end(result.members)
    assert 1 <= len(chosen) <= 3
    assert chosen[-1] == result.members[-1]
    assert middle_to_end(result.members[:1]) == [result.members[0]]


def test_what_cannot_be_retrained_is_refused(trained, few, result):
    with pytest.raises(UnknownNameError, match="unknown assignment 'a999'"):
        retrain_front(trained, few, result, OPTIONS, epochs=1, members=["a999"])
    with pytest.raises(ConfigError, match="teacher must be 'none', 'exact8' or 'float', got 'me'"):
        retrain_front(trained, few, result, OPTIONS, epochs=1, teacher="me")
