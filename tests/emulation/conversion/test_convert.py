"""Conversion of models that others made."""

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers

from evoapproxnas.emulation import (
    ApproxConv2D,
    ApproxDense,
    ApproxDepthwiseConv2D,
    EmulatedLayer,
    approximate,
    conversion_report,
    observe,
)
from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.emulation.conversion.convert import exact_twin
from evoapproxnas.errors import QuantizationError, UnknownNameError
from evoapproxnas.multipliers import Multiplier

SHAPE = (8, 8, 3)


def randomize(model: keras.Model) -> keras.Model:
    """Give every weight, batch norm statistics included, a value away from its initial one."""
    rng = np.random.default_rng(0)
    for layer in model._flatten_layers(include_self=False):
        if isinstance(layer, layers.BatchNormalization):
            size = layer.moving_mean.shape[0]
            for variable in layer.weights:
                variable.assign(rng.uniform(0.5, 1.5, size))
        elif not isinstance(layer, keras.Model) and layer.weights:
            layer.set_weights([rng.normal(0, 0.3, w.shape) for w in layer.get_weights()])
    return model


def images(count: int = 16) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 1, (count, *SHAPE)).astype(np.float32)


def residual() -> keras.Model:
    inputs = keras.Input(SHAPE)
    x = layers.Conv2D(8, 3, padding="same", use_bias=False, name="stem")(inputs)
    x = layers.BatchNormalization(name="stem_bn")(x)
    x = shortcut = layers.ReLU()(x)
    x = layers.DepthwiseConv2D(3, padding="same", name="dw")(x)
    x = layers.BatchNormalization(scale=False, name="dw_bn")(x)
    x = layers.Conv2D(8, 1, name="point")(x)
    x = layers.Add()([x, shortcut])
    x = layers.GlobalAveragePooling2D()(x)
    return randomize(keras.Model(inputs, layers.Dense(4, name="head")(x), name="residual"))


def sequential() -> keras.Model:
    return randomize(
        keras.Sequential(
            [
                keras.Input(SHAPE),
                layers.Conv2D(6, 3, strides=2, name="conv"),
                layers.BatchNormalization(center=False, name="bn"),
                layers.ReLU(),
                layers.Flatten(),
                layers.Dense(5, name="head"),
            ],
            name="sequential",
        )
    )


def nested() -> keras.Model:
    """A shared layer, a shared Sequential block, and a functional model inside a model."""
    block = keras.Sequential(
        [
            keras.Input((8, 8, 4)),
            layers.Conv2D(4, 3, padding="same", name="conv"),
            layers.BatchNormalization(name="bn"),
        ],
        name="block",
    )
    inner_in = keras.Input((8, 8, 4))
    inner_out = layers.Conv2D(4, 1, activation="relu", name="conv")(inner_in)
    inner = keras.Model(inner_in, inner_out, name="inner")
    shared = layers.Conv2D(4, 3, padding="same", name="shared")
    inputs = keras.Input(SHAPE)
    x = layers.Conv2D(4, 1, name="stem")(inputs)
    x = layers.Add()([shared(x), shared(layers.ReLU()(x))])
    x = inner(block(block(x)))
    return randomize(keras.Model(inputs, layers.Flatten()(x), name="outer"))


MODELS = {"residual": residual, "sequential": sequential, "nested": nested}


@pytest.mark.parametrize("name", MODELS)
def test_exact_conversion_is_near_the_model_and_leaves_it_alone(
    name: str, exact: Multiplier
) -> None:
    model, x = MODELS[name](), images()
    weights = [w.copy() for w in model.get_weights()]
    expected = model.predict(x, verbose=0)
    converted = approximate(model, multiplier=exact, calibration_data=x)
    received = converted.predict(x, verbose=0)
    assert np.abs(received - expected).mean() < 0.03 * expected.std()
    assert type(converted) is type(model)
    assert converted.name == model.name
    for before, after in zip(weights, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    assert not any(isinstance(layer, EmulatedLayer) for layer in model._flatten_layers())


def test_residual_layers_names_and_report(exact: Multiplier) -> None:
    converted = approximate(residual(), multiplier=exact, calibration_data=images())
    kinds = {"stem": ApproxConv2D, "dw": ApproxDepthwiseConv2D, "point": ApproxConv2D,
             "head": ApproxDense}  # fmt: skip
    assert {name: type(converted.get_layer(name)) for name in kinds} == kinds
    assert not any(isinstance(layer, layers.BatchNormalization) for layer in converted.layers)
    report = conversion_report(converted)
    assert f"<td>{report.layers[0].path}</td>" in report._repr_html_()
    assert report.paths("approximated") == tuple(kinds)
    assert report.paths("folded") == ("stem_bn", "dw_bn")
    assert "stem_bn  folded        stem" in str(report)


def test_nested_paths_and_sharing(exact: Multiplier) -> None:
    converted = approximate(nested(), multiplier=exact, calibration_data=images())
    expected = {"stem", "shared", "block/conv", "inner/conv"}
    assert set(emulated_layers(converted)) == expected
    assert set(conversion_report(converted).paths("approximated")) == expected
    assert conversion_report(converted).paths("folded") == ("block/bn",)
    assert len([layer for layer in converted.layers if layer.name == "shared"]) == 1


def test_mapping_leaves_other_layers_exact(coarse: Multiplier, exact: Multiplier) -> None:
    model, x = residual(), images()
    converted = approximate(model, multiplier={"stem": coarse, "head": exact}, calibration_data=x)
    assert converted.get_layer("stem").multiplier is coarse
    assert converted.get_layer("head").multiplier is exact
    assert type(converted.get_layer("dw")) is layers.DepthwiseConv2D
    assert type(converted.get_layer("dw_bn")) is layers.BatchNormalization
    assert conversion_report(converted).paths("exact") == ("dw", "dw_bn", "point")


def test_mapping_by_path_reaches_one_of_two_equal_names(coarse: Multiplier) -> None:
    converted = approximate(nested(), multiplier={"inner/conv": coarse}, calibration_data=images())
    assert set(emulated_layers(converted)) == {"inner/conv"}
    both = approximate(nested(), multiplier={"conv": coarse}, calibration_data=images())
    assert set(emulated_layers(both)) == {"inner/conv", "block/conv"}


def test_an_observed_calibration_serves_every_multiplier(
    exact: Multiplier, coarse: Multiplier, coarse_signed: Multiplier
) -> None:
    model, x = residual(), images()
    calibration = observe(model, x)
    for multiplier in (exact, coarse, coarse_signed):
        once = approximate(model, multiplier=multiplier, calibration_data=x)
        again = approximate(model, multiplier=multiplier, calibration_data=calibration)
        np.testing.assert_array_equal(again(x), once(x))


def test_converting_again_replaces_the_multiplier(exact: Multiplier, coarse: Multiplier) -> None:
    model, x = residual(), images()
    first = approximate(model, multiplier=coarse, calibration_data=x)
    second = approximate(first, multiplier=exact, calibration_data=x)
    expected = approximate(model, multiplier=exact, calibration_data=x).predict(x, verbose=0)
    np.testing.assert_allclose(second.predict(x, verbose=0), expected, rtol=1e-5, atol=1e-5)


def test_batch_norm_is_folded_only_where_it_is_safe(exact: Multiplier) -> None:
    inputs = keras.Input(SHAPE)
    activated = layers.Conv2D(4, 3, padding="same", activation="relu", name="activated")(inputs)
    a = layers.BatchNormalization(name="after_activation")(activated)
    twice = layers.Conv2D(4, 3, padding="same", name="used_twice")(inputs)
    b = layers.BatchNormalization(name="after_used_twice")(twice)
    alone = layers.Conv2D(4, 3, padding="same", name="also_an_output")(inputs)
    c = layers.BatchNormalization(name="after_output")(alone)
    rows = layers.BatchNormalization(axis=1, name="over_rows")(
        layers.Conv2D(4, 3, padding="same", name="before_rows")(inputs)
    )
    model = randomize(keras.Model(inputs, [layers.Add()([a, b, c, twice, rows]), alone]))
    x = images()
    converted = approximate(model, multiplier=exact, calibration_data=x)
    assert conversion_report(converted).paths("folded") == ()
    expected = model.predict(x, verbose=0)
    for ours, theirs in zip(converted.predict(x, verbose=0), expected, strict=True):
        assert np.abs(ours - theirs).mean() < 0.03 * theirs.std()


def _every_kind() -> keras.Model:
    norm = layers.BatchNormalization
    return keras.Sequential(
        [
            keras.Input(SHAPE),
            layers.SeparableConv2D(5, 3, padding="same", name="separable"),
            norm(name="separable_bn"),
            layers.Conv2DTranspose(4, 3, strides=2, padding="same", name="up"),
            norm(axis=3, name="up_bn"),
            layers.ReLU(),
            layers.Reshape((16, 64)),
            layers.Conv1D(6, 3, padding="causal", name="series"),
            norm(axis=2, name="series_bn"),
            layers.Dense(3, name="dense"),
            norm(name="dense_bn"),
        ]
    )


def test_every_kind_converts_and_absorbs_its_batch_norm(
    exact: Multiplier, coarse: Multiplier
) -> None:
    model, x = randomize(_every_kind()), images()
    expected = model.predict(x, verbose=0)
    converted = approximate(model, exact, x, per_channel=True)
    assert np.abs(converted.predict(x, verbose=0) - expected).mean() < 0.05 * expected.std()
    report = conversion_report(converted)
    assert report.paths("approximated") == ("separable", "up", "series", "dense")
    assert report.paths("folded") == ("separable_bn", "up_bn", "series_bn", "dense_bn")
    assert set(emulated_layers(converted)) == {
        "separable/depthwise", "separable/pointwise", "up", "series", "dense",
    }  # fmt: skip
    observed = observe(model, x)
    again = approximate(converted, coarse, observed)
    expected = approximate(model, coarse, observed).predict(x, verbose=0)
    np.testing.assert_allclose(again.predict(x, verbose=0), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("multiplier_of_depth", [1, 2])
def test_folding_into_depthwise(multiplier_of_depth: int, exact: Multiplier) -> None:
    model = keras.Sequential(
        [
            keras.Input(SHAPE),
            layers.DepthwiseConv2D(3, depth_multiplier=multiplier_of_depth),
            layers.BatchNormalization(),
        ]
    )
    x = images()
    expected = randomize(model).predict(x, verbose=0)
    converted = approximate(model, exact, x, per_channel=True)
    assert np.abs(converted.predict(x, verbose=0) - expected).mean() < 0.02 * expected.std()


def test_compiled_models_stay_compiled_and_adapted_layers_adapted(exact: Multiplier) -> None:
    normalize = layers.Normalization()
    normalize.adapt(images() * 3 + 1)
    model = keras.Sequential(
        [keras.Input(SHAPE), normalize, layers.Conv2D(2, 3), layers.GlobalMaxPooling2D()]
    )
    model.compile("sgd", "mse", metrics=["mae"])
    x, y = images(), np.zeros((16, 2), np.float32)
    converted = approximate(model, exact, x)
    np.testing.assert_allclose(
        converted.evaluate(x, y, verbose=0), model.evaluate(x, y, verbose=0), rtol=0.02
    )


def test_saved_conversion_is_bit_equal(coarse: Multiplier, tmp_path: Any) -> None:
    x = images()
    converted = approximate(nested(), multiplier=coarse, calibration_data=x)
    converted.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded.predict(x, verbose=0), converted.predict(x, verbose=0))
    with pytest.raises(QuantizationError, match="no conversion report"):
        conversion_report(loaded)


def test_custom_layers_stay_exact_and_are_listed(exact: Multiplier) -> None:
    class Doubled(layers.Dense):
        def call(self, inputs: Any, training: Any = None) -> Any:
            return 2 * super().call(inputs)

    model = keras.Sequential(
        [keras.Input(SHAPE), layers.Conv2D(2, 3, name="conv"), Doubled(3, name="custom")]
    )
    converted = approximate(randomize(model), exact, images())
    report = conversion_report(converted)
    assert report.paths("exact") == ("custom",)
    assert "Doubled has no approximate counterpart" in str(report)


class _Subclassed(keras.Model):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"name": "mine", **kwargs})
        self.dense = layers.Dense(2)

    def call(self, inputs: Any) -> Any:
        return self.dense(inputs)


def test_nested_subclassed_models_and_lambdas_stay_exact(exact: Multiplier) -> None:
    model = keras.Sequential(
        [
            keras.Input(SHAPE),
            layers.Conv2D(2, 3, name="conv"),
            layers.Lambda(lambda x: len(SHAPE) * x),
            _Subclassed(),
        ]
    )
    x = images()
    expected = model.predict(x, verbose=0)
    converted = approximate(model, exact, x)
    assert np.abs(converted.predict(x, verbose=0) - expected).mean() < 0.05 * expected.std()
    report = conversion_report(converted)
    assert report.paths("exact") == ("mine",)
    assert "subclass of keras.Model" in str(report)
    with pytest.raises(UnknownNameError, match="mine/dense"):
        approximate(model, {"mine/dense": exact}, x)


def test_a_layer_of_two_models_stays_shared_and_keeps_its_batch_norm(exact: Multiplier) -> None:
    conv = layers.Conv2D(3, 3, padding="same", name="conv")
    first = keras.Sequential([keras.Input(SHAPE), conv, layers.BatchNormalization(name="bn")])
    second = keras.Sequential([keras.Input(SHAPE), conv, layers.ReLU()])
    inputs = keras.Input(SHAPE)
    model = randomize(keras.Model(inputs, layers.Add()([first(inputs), second(inputs)])))
    x = images()
    expected = model.predict(x, verbose=0)
    converted = approximate(model, exact, x)
    assert conversion_report(converted).paths("folded") == ()
    assert len(emulated_layers(converted)) == 1
    assert np.abs(converted.predict(x, verbose=0) - expected).mean() < 0.03 * expected.std()


def test_a_layer_that_cannot_be_copied_is_named(exact: Multiplier) -> None:
    class Held(layers.Layer):
        def __init__(self, function: Any) -> None:
            super().__init__(name="held")
            self.function = function

        def call(self, inputs: Any) -> Any:
            return self.function(inputs)

    model = keras.Sequential([keras.Input(SHAPE), layers.Conv2D(2, 3), Held(lambda x: x)])
    with pytest.raises(QuantizationError, match="'held' of type Held cannot be copied"):
        approximate(model, exact, images())


def test_what_cannot_be_converted_is_refused(exact: Multiplier) -> None:
    model, x = residual(), images()
    with pytest.raises(UnknownNameError, match="did you mean 'stem'"):
        approximate(model, {"stemm": exact}, x)
    with pytest.raises(UnknownNameError, match="multiplier"):
        approximate(model, "no-such-multiplier", x)
    with pytest.raises(QuantizationError, match="'stem_bn' cannot be approximated"):
        approximate(model, {"stem_bn": exact}, x)
    with pytest.raises(QuantizationError, match="'mine' is not built, .* call it once"):
        approximate(_Subclassed(), exact, x)
    with pytest.raises(QuantizationError, match="expected a Keras model, got Dense"):
        approximate(layers.Dense(2), exact, x)
    with pytest.raises(QuantizationError, match="not built"):
        approximate(keras.Sequential([layers.Dense(2)]), exact, x)
    with pytest.raises(QuantizationError, match="no layer .* can be approximated"):
        approximate(keras.Sequential([keras.Input(SHAPE), layers.ReLU()]), exact, x)
    first = layers.Conv2D(2, 3, data_format="channels_first")
    with pytest.raises(QuantizationError, match="channels_first"):
        approximate(keras.Sequential([keras.Input((3, 8, 8)), first]), exact, x)
    with pytest.raises(QuantizationError, match="made for another network"):
        approximate(model, exact, observe(sequential(), x))


@pytest.mark.parametrize(
    "options",
    [{}, {"weight_scheme": "affine", "per_channel": True}, {"activation_bits": 5}],
)
def test_the_exact_twin_is_what_the_exact_multiplier_gives(options: dict[str, Any]) -> None:
    """Whatever the layers' widths and tuning: it has 8 bits and their ranges, in own weights."""
    inputs = keras.Input(SHAPE)
    x = layers.Conv2D(4, 3, activation="relu")(inputs)
    x = layers.SeparableConv2D(5, 3)(x)
    model = randomize(keras.Model(inputs, layers.Dense(3)(layers.Flatten()(x))))
    calibration = observe(model, images())
    chosen = {"conv*": "mul8u_or8_v6", "separable*": "mul8u_or9_v8"}  # the dense layer is float
    approximated = approximate(model, chosen, calibration, tune_weights=True, **options)
    options.pop("activation_bits", None)
    expected = approximate(model, dict.fromkeys(chosen, "exact8"), calibration, **options)
    twin = exact_twin(approximated)
    np.testing.assert_allclose(
        twin(images(), training=False), expected(images(), training=False), atol=1e-5
    )
    approximated.layers[1].kernel.assign_add(np.ones(approximated.layers[1].kernel.shape))
    np.testing.assert_allclose(
        twin(images(), training=False), expected(images(), training=False), atol=1e-5
    )


def test_only_approximate_models_have_a_twin() -> None:
    inputs = keras.Input(SHAPE)
    model = keras.Model(inputs, layers.Conv2D(4, 3)(inputs))
    with pytest.raises(QuantizationError, match="no layer of model .* can be approximated"):
        exact_twin(model)
