import keras
import pytest

import evoapproxnas.emulation  # noqa: F401  # registers the layers with Keras
from evoapproxnas.config import DataConfig
from evoapproxnas.errors import ConfigError, UnknownNameError
from evoapproxnas.nsga2_arrays import Evolution
from evoapproxnas.resilience import AssignOptions, assign, retrain_front
from evoapproxnas.resilience.front_retraining import middle_to_end
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
    member = result.front[-1].id
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


def test_members_are_chosen_from_the_middle_to_the_cheap_end(result):
    chosen = middle_to_end(result.front)
    assert 1 <= len(chosen) <= 3
    assert chosen[-1] == result.front[-1]
    assert middle_to_end(result.front[:1]) == [result.front[0]]


def test_what_cannot_be_retrained_is_refused(trained, few, result):
    with pytest.raises(UnknownNameError, match="unknown assignment 'a999'"):
        retrain_front(trained, few, result, OPTIONS, epochs=1, members=["a999"])
    scaled = AssignOptions(**{**OPTIONS.__dict__, "pixel_scale": 1.0})
    with pytest.raises(ConfigError, match="pixels 0..255"):
        retrain_front(trained, few, result, scaled, epochs=1)
