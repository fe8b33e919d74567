"""Models and data as people have them: scaled pixels, no channel axis, one output, a file."""

import warnings

import keras
import numpy as np
import pytest

import evoapproxnas as ea
from evoapproxnas.errors import ConfigError, DatasetError
from evoapproxnas.resilience import PixelScaleWarning, sweep
from evoapproxnas.resilience.retraining import finetune
from evoapproxnas.training import accuracy
from evoapproxnas.training.classifier import check_classifier

FEW = {"multipliers": "mul8u_or8_v6", "bits": (), "images": 100}


@pytest.fixture(scope="module")
def of_units(trained):
    """The same network for pixels 0..1; larger ones become a grey image."""
    inputs = keras.Input((8, 8, 1))
    large = keras.layers.ReLU(threshold=1.01)(inputs)
    grey = keras.layers.UpSampling2D(8)(keras.layers.AveragePooling2D(8)(large))
    x = keras.layers.Add()([keras.layers.Subtract()([inputs, large]), grey])
    return keras.Model(inputs, trained(keras.layers.Rescaling(255.0)(x)))


@pytest.fixture(scope="module")
def without_channels(trained):
    inputs = keras.Input((8, 8))
    return keras.Model(inputs, trained(keras.layers.Reshape((8, 8, 1))(inputs)))


def test_a_better_pixel_scale_is_named(of_units, trained, digits):
    with pytest.warns(PixelScaleWarning, match=r"0\.\.1, but .*--pixel-scale 1\)"):
        wrong = sweep(of_units, digits, **FEW)
    with warnings.catch_warnings():
        warnings.simplefilter("error", PixelScaleWarning)
        right = sweep(of_units, digits, pixel_scale=1.0, **FEW)
        expected = sweep(trained, digits, **FEW)
    assert wrong.rows[0].accuracy < 0.5 < right.rows[0].accuracy
    assert right.rows[0].accuracy == expected.rows[0].accuracy
    assert right.rows[-1].energy_nj == expected.rows[-1].energy_nj


def test_arrays_that_a_model_takes_are_enough(of_units, digits):
    train = digits.x_train[..., 0] / 255, digits.y_train
    test = digits.x_test[..., 0] / 255, digits.y_test
    result = sweep(of_units, (train, test), **FEW)
    assert result.rows[0].accuracy == pytest.approx(
        accuracy(of_units, digits.x_test[:100] / 255, digits.y_test[:100])
    )


def test_inputs_may_lack_the_channel_axis(without_channels, trained, digits):
    table = sweep(without_channels, digits, **FEW).table()
    assert table.equals(sweep(trained, digits, **FEW).table())
    inputs = keras.Input((8,))
    with pytest.raises(DatasetError, match=r"images of shape \(8,\)"):
        check_classifier(keras.Model(inputs, keras.layers.Dense(10)(inputs)), digits)


def test_a_model_that_does_not_say_what_it_takes_is_explained(digits):
    class Own(keras.Model):
        def call(self, x):
            return x

    for model in (Own(name="own"), keras.Sequential([keras.layers.Dense(10)], name="own")):
        with pytest.raises(DatasetError, match="'own' does not say what it takes"):
            sweep(model, digits)


def test_two_classes_may_have_one_output(trained, digits):
    is_odd = (digits.x_train, digits.y_train % 2), (digits.x_test, digits.y_test % 2)
    logits = trained.outputs[0]
    odd = keras.layers.Dense(1, use_bias=False, name="odd")
    logit = odd(keras.layers.Softmax()(logits))
    odd.set_weights([np.where(np.arange(10) % 2, 8.0, -8.0).reshape(10, 1)])
    chance = keras.layers.Activation("sigmoid")(logit)
    tables = [
        sweep(keras.Model(trained.input, outputs), is_odd, **FEW).table()
        for outputs in (logit, chance)
    ]
    assert tables[0]["accuracy"].equals(tables[1]["accuracy"])
    assert tables[0]["accuracy"].min() > 0.9
    with pytest.raises(DatasetError, match="tells 1 classes apart"):
        sweep(keras.Model(trained.input, logit), digits, **FEW)


def test_a_file_of_approximate_layers_is_not_called_float(trained, digits, tmp_path):
    saved = ea.approximate(trained, "mul8u_trunc_a6_w6", digits.x_train[:256])
    path = tmp_path / "saved.keras"
    saved.save(path)
    table = sweep(path, digits, **FEW).table().set_index("multiplier")["accuracy"]
    assert list(table.index) == ["as saved", "float", "mul8u_exact", "mul8u_or8_v6"]
    x, y = digits.x_test[:100], digits.y_test[:100]
    assert table["as saved"] == accuracy(saved, x, y) < 0.7
    assert table["float"] == accuracy(trained, x, y) > 0.9
    with pytest.raises(ConfigError, match="Keras model or the path"):
        sweep(3, digits)


def test_separable_layers_are_retrained_with_the_gradient_asked_for(digits, tmp_path):
    keras.utils.set_random_seed(1)
    layers = keras.layers
    separable = layers.SeparableConv2D(8, 3, activation="relu", name="sep")
    model = keras.Sequential(
        [keras.Input((8, 8)), layers.Reshape((8, 8, 1)), separable, layers.Flatten(),
         layers.Dense(10)]
    )  # fmt: skip
    images = (digits.x_train[:256, ..., 0] / 255).astype("float32")
    converted = ea.approximate(model, "mul8u_or8_v6", images)
    result = finetune(converted, digits, 2, gradient="table", pixel_scale=1.0, learning_rate=0.1)
    assert result.val_after > result.val_before
    assert result.model is converted
    assert list(result.table()["epoch"]) == [1, 2]
    layer = converted.get_layer("sep")
    assert layer.depthwise.gradient == layer.pointwise.gradient == "table"
    converted.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    assert again.get_layer("sep").depthwise.gradient == "table"


@pytest.mark.parametrize("scale", [255.0, 1.0])
def test_numbers_of_any_kind_are_retrained_on(trained, digits, scale):
    x, y = digits.x_train[:200], digits.y_train[:200]
    inputs = keras.Input((8, 8, 1))
    scaled = keras.Model(inputs, trained(keras.layers.Rescaling(255 / scale)(inputs)))
    results = [
        finetune(
            ea.approximate(scaled, "mul8u_or13_v11", images[:64] * np.float32(scale / 255)),
            (images, y),
            1,
            batch_size=32,
            pixel_scale=scale,
        )
        for images in (x, x.astype(np.float64))
    ]
    assert results[0].history[0].loss == pytest.approx(results[1].history[0].loss, abs=1e-6)
    assert results[0].val_after == results[1].val_after > results[0].val_before


def test_what_cannot_be_retrained_is_explained(trained, digits):
    converted = ea.approximate(trained, "mul8u_or8_v6", digits.x_train[:64])
    chances = keras.Sequential([converted, keras.layers.Softmax()])
    with pytest.raises(ConfigError, match="gives probabilities, expected logits"):
        finetune(chances, digits, 1)


def test_assignments_of_two_classes_unknown_sizes_and_no_channels(digits):
    keras.utils.set_random_seed(0)
    layers = keras.layers
    inputs = keras.Input((None, None))
    x = layers.Lambda(lambda t: keras.ops.expand_dims(t, -1))(inputs)
    x = layers.SeparableConv2D(4, 3, activation="relu", name="sep")(x)
    x = layers.Conv2DTranspose(2, 3, strides=2, padding="same", name="up")(x)
    x = layers.Dense(1, activation="sigmoid")(layers.GlobalMaxPooling2D()(x))
    model = keras.Model(inputs, x)
    images = digits.x_train[..., 0] / 255
    result = ea.assign(
        model, (images, digits.y_train % 2), multipliers="mul8u_or8_v6", bits=("a5w4",),
        sensitivity_images=30, images=60, test_images=60, verify=4, rounds=1,
        max_loss_points=99.0,
    )  # fmt: skip
    taken = {name for a in result.verified for name in a.multipliers.values()}
    assert {"mul8u_exact", "mul8u_exact_a5w4"} <= taken
    exact = ea.load_library()["exact8"].energy_pj
    counts = 36 * 9 + 36 * 4, 18 * 18 * 4 * 2, 2  # by axis, 6 outputs meet 2 taps, 6 meet 1
    assert result.verified[0].energy_nj == pytest.approx(sum(counts) * exact / 1000)
