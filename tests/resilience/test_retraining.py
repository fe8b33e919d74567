import keras
import numpy as np
import pytest

from evoapproxnas.config import DataConfig, TrainingConfig
from evoapproxnas.emulation import approximate, observe
from evoapproxnas.errors import ConfigError
from evoapproxnas.multipliers import load_library
from evoapproxnas.resilience.retraining import finetune
from evoapproxnas.training import accuracy, fit, load_dataset
from tests.training.models import conv_net

COARSE = "mul8u_or13_v11"
"""Four per cent of the exact multiplier's power, a mean error of 6.6 %."""


@pytest.fixture(scope="module")
def digits():
    return load_dataset(DataConfig())


@pytest.fixture(scope="module")
def trained(digits):
    model = conv_net()
    fit(model, digits, TrainingConfig(epochs=5, learning_rate=0.01), seed=0)
    return model


def approximated(model, digits, multiplier=COARSE):
    return approximate(
        model, multiplier=load_library()[multiplier], calibration_data=digits.x_train[:128]
    )


@pytest.mark.parametrize("gradient", ["ste", "table"])
def test_wins_accuracy_back(trained, digits, gradient):
    model = approximated(trained, digits)
    exact = accuracy(trained, digits.x_val, digits.y_val)
    result = finetune(model, digits, epochs=1, gradient=gradient, batch_size=32)
    assert result.val_before < exact - 0.05
    assert result.val_after > result.val_before + 0.5 * (exact - result.val_before)
    assert result.test_after == accuracy(model, digits.x_test, digits.y_test)
    assert result.test_after > result.test_before
    assert result.selected_epoch == 1
    assert {layer.gradient for layer in model.layers if hasattr(layer, "gradient")} == {gradient}


def test_never_gives_back_a_worse_model(trained, digits):
    model = approximated(trained, digits)
    before = model.get_weights()
    few = load_dataset(DataConfig(train_images=256))
    result = finetune(model, few, epochs=1, learning_rate=10.0)
    assert result.history[0].val_accuracy < result.val_before == result.val_after
    assert (result.selected_epoch, result.test_after) == (0, result.test_before)
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"epochs": 0}, "'epochs': input should be greater than or equal to 1, got 0"),
        ({"learning_rate": float("nan")}, "'learning_rate'.*finite"),
        ({"ema_decay": 2}, "'ema_decay'"),
        ({"seed": -1}, "seed must be an integer that is not negative, got -1"),
        ({"seed": "a"}, "seed must be"),
        ({"pixel_scale": 0}, "pixel_scale must be a positive number, got 0"),
        ({"pixel_scale": "x"}, "pixel_scale must be"),
        ({"on_epoch": 3}, "on_epoch must be a function or None, got 3"),
    ],
)
def test_wrong_numbers_are_refused_before_anything_changes(trained, digits, values, message):
    model = approximated(trained, digits)
    with pytest.raises(ConfigError, match=message):
        finetune(model, digits, **({"epochs": 1, "gradient": "table"} | values))
    assert {layer.gradient for layer in model.layers if hasattr(layer, "gradient")} == {"ste"}


def test_the_exact_twin_teaches(trained, digits):
    """It is what `approximate` makes of the float network with the exact multiplier."""
    few = load_dataset(DataConfig(train_images=256))
    calibration = observe(trained, digits.x_train[:128])
    options = {"epochs": 1, "batch_size": 32, "distillation_weight": 0.9}
    results = [
        finetune(approximate(trained, COARSE, calibration), few, teacher=teacher, **options)
        for teacher in (None, "exact8", approximate(trained, "exact8", calibration))
    ]
    untaught, taught, by_another = (result.history[0].loss for result in results)
    assert taught == by_another != untaught
    assert results[1].val_after == results[2].val_after > results[1].val_before


@pytest.mark.parametrize("teacher", ["exact9", 3, np.zeros(2)])
def test_other_teachers_are_refused(trained, digits, teacher):
    with pytest.raises(ConfigError, match="teacher must be a Keras model, 'exact8'"):
        finetune(approximated(trained, digits), digits, 1, teacher=teacher)


def test_a_teacher_that_gives_probabilities_is_refused(trained, digits):
    chances = keras.Sequential([trained, keras.layers.Softmax()])
    with pytest.raises(ConfigError, match="gives probabilities"):
        finetune(approximated(trained, digits), digits, 1, teacher=chances)


def test_a_float_model_is_refused(trained, digits):
    with pytest.raises(ConfigError, match="convert it with"):
        finetune(trained, digits, epochs=1)
