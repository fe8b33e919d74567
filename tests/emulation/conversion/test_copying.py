"""What travels into a converted model: operations, own functions and objects, learned state."""

import functools
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers, ops

from evoapproxnas.emulation import EmulatedLayer, approximate, conversion_report
from evoapproxnas.errors import QuantizationError, UnknownNameError
from evoapproxnas.multipliers import Multiplier

SHAPE = (8, 8, 3)


@pytest.fixture(autouse=True)
def _same_weights() -> None:
    keras.utils.set_random_seed(0)


def images(count: int = 16) -> np.ndarray:
    return np.random.default_rng(1).normal(0, 1, (count, *SHAPE)).astype(np.float32)


def check(model: keras.Model, exact: Multiplier, x: Any = None) -> keras.Model:
    """Convert, compare the outputs, and return the converted model."""
    x = images() if x is None else x
    converted = approximate(model, exact, x, batch_size=4)
    pairs = zip(
        keras.tree.flatten(model.predict(x, verbose=0)),
        keras.tree.flatten(converted.predict(x, verbose=0)),
        strict=True,
    )
    for expected, received in pairs:
        assert np.abs(received - expected).mean() < 0.04 * expected.std()
    assert any(isinstance(layer, EmulatedLayer) for layer in converted.layers)
    return converted


def sequential(*parts: Any) -> keras.Model:
    return keras.Sequential([keras.Input(SHAPE), *parts])


def test_operators_and_operations_in_a_graph(exact: Multiplier) -> None:
    inputs = keras.Input(SHAPE, name="image")
    a = layers.Conv2D(4, 3, padding="same")(inputs)
    b = layers.Conv2D(4, 3, padding="same")(ops.relu(a) * 0.5)
    joined = ops.concatenate(
        [a + b, -a[..., ::2], ops.reshape(b, (-1, 8, 8, 4))[:, :, :, 1:3]], -1
    )
    model = keras.Model({"image": inputs}, {"maps": joined, "means": ops.mean(joined, (1, 2))})
    converted = check(model, exact, {"image": images()})
    assert list(converted.output) == ["maps", "means"]
    calls = {id(node) for op in model.operations for node in op._inbound_nodes}
    approximate(model, exact, {"image": images()})
    assert calls == {id(node) for op in model.operations for node in op._inbound_nodes}


def test_weights_inside_activations_travel(exact: Multiplier) -> None:
    parts = [
        layers.Conv2D(4, 3, activation=layers.PReLU(shared_axes=[1, 2])),
        layers.SeparableConv2D(4, 3, activation=layers.PReLU(shared_axes=[1, 2])),
        layers.EinsumDense("abcd,de->abce", (None, None, 3), activation=layers.PReLU()),
        layers.Conv2D(2, 3, activation=layers.PReLU()),
    ]
    model = sequential(*parts)
    model.predict(images(), verbose=0)  # builds the slopes
    for part in parts:
        part.activation.set_weights([np.full(w.shape, 0.8) for w in part.activation.weights])
    converted = check(model, exact)
    slopes = [layer.activation.alpha for layer in converted.layers]
    assert {float(value) for slope in slopes for value in np.ravel(slope)} == {np.float32(0.8)}
    assert slopes[0] is not parts[0].activation.alpha


class _Scaled(keras.initializers.Initializer):
    """Unregistered, and without a configuration."""

    def __init__(self, scale: float) -> None:
        self.scale = scale

    def __call__(self, shape: Any, dtype: Any = None) -> Any:
        return self.scale * keras.random.normal(shape, dtype=dtype, seed=1)


class _Squares(keras.regularizers.Regularizer):
    def __call__(self, x: Any) -> Any:
        return ops.sum(x * x)


def relu(x: Any) -> Any:
    """Named like one of Keras' own, and not the same."""
    return ops.clip(x, -0.3, 0.4)


def test_own_functions_and_objects_travel_whatever_they_are_called(exact: Multiplier) -> None:
    keep = _Squares()
    model = sequential(
        layers.Conv2D(
            4, 3, activation=relu, kernel_initializer=_Scaled(0.3), kernel_regularizer=keep,
            bias_initializer=lambda shape, dtype=None: ops.ones(shape, dtype),
            kernel_constraint=lambda w: w,
        ),
        layers.Dense(4, activation=lambda x: ops.abs(x)),
        layers.Dense(4, activation=functools.partial(ops.leaky_relu, negative_slope=0.5)),
        layers.TimeDistributed(layers.TimeDistributed(layers.Dense(3, activation=relu))),
        layers.Activation(lambda x: x - 1),
        layers.Lambda(lambda x, by: x * by, arguments={"by": 2}),
        layers.Dense(2, activation=tf.nn.swish),
    )  # fmt: skip
    converted = check(model, exact)
    assert converted.layers[0].activation is relu
    assert converted.layers[0].kernel_regularizer is keep
    assert model.layers[0].activation is relu
    assert model.layers[1].activation.__name__ == "<lambda>"


class _Falling(keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, start: float) -> None:
        self.start = start

    def __call__(self, step: Any) -> Any:
        return self.start / (1.0 + ops.cast(step, "float32"))


class _Mean(keras.metrics.Metric):
    def __init__(self, name: str = "mine", **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self.total = self.add_weight(name="total", initializer="zeros")

    def update_state(self, y: Any, prediction: Any, sample_weight: Any = None) -> None:
        self.total.assign_add(ops.mean(prediction))

    def result(self) -> Any:
        return self.total


class _Wanting(_Mean):
    def __init__(self, needed: int) -> None:
        super().__init__()
        self.needed = needed


def _compiled(metric: Any) -> keras.Model:
    def loss(y: Any, prediction: Any) -> Any:
        return ops.mean((y - prediction) ** 2)

    model = sequential(layers.Conv2D(2, 3), layers.GlobalAveragePooling2D())
    model.compile(keras.optimizers.SGD(_Falling(0.1)), loss=loss, metrics=[metric, loss])
    return model


def test_own_losses_metrics_and_schedules_stay(exact: Multiplier) -> None:
    metric = _Mean()
    model, x, y = _compiled(metric), images(), np.zeros((16, 2), np.float32)
    converted = check(model, exact)
    expected = model.evaluate(x, y, verbose=0, return_dict=True)
    received = converted.evaluate(x, y, verbose=0, return_dict=True)
    assert received == pytest.approx(expected, rel=0.05, abs=1e-3)
    assert set(received) == {"loss", "mine"}
    assert converted.optimizer is not model.optimizer
    assert isinstance(converted.optimizer._learning_rate, _Falling)
    assert float(metric.result()) == pytest.approx(expected["mine"])  # not the same object
    assert np.isfinite(converted.fit(x, y, verbose=0).history["loss"][0])


def test_a_model_that_cannot_be_compiled_alike_says_so(exact: Multiplier) -> None:
    converted = check(_compiled(_Wanting(3)), exact)
    assert not converted.compiled
    assert "metrics cannot be copied" in conversion_report(converted).not_compiled
    assert "not compiled: " in str(conversion_report(converted))


@pytest.mark.parametrize("mode", ["int", "one_hot", "tf_idf"])
def test_what_preprocessing_layers_learned_travels(mode: str, exact: Multiplier) -> None:
    inputs = keras.Input((2,), dtype="int64")
    lookup = layers.IntegerLookup(output_mode=mode)
    data = np.array([[5, 5], [7, 9], [5, 7], [9, 5]])
    lookup.adapt(data)
    x = lookup(inputs) if mode != "int" else layers.Embedding(5, 4)(lookup(inputs))
    bins = layers.Discretization(num_bins=3, output_mode="one_hot")
    second = keras.Input((2,))
    bins.adapt(images()[..., 0])
    x = ops.concatenate([layers.Flatten()(x), layers.Flatten()(bins(second))], axis=-1)
    model = keras.Model([inputs, second], layers.Dense(3)(x))
    check(model, exact, [data, images()[:4, 0, :2, 0]])


def test_random_generators_go_on_where_they_were(exact: Multiplier) -> None:
    model = sequential(layers.Dropout(0.5, seed=3), layers.Conv2D(2, 3))
    model(images(), training=True)
    converted = check(model, exact)
    assert [np.array(v) for v in model.layers[0].variables][0].tolist() == np.array(
        converted.layers[0].variables[0]
    ).tolist()


def test_frozen_layers_and_names_of_outputs_stay(exact: Multiplier) -> None:
    inputs = keras.Input(SHAPE)
    frozen = layers.Conv2D(4, 3, name="frozen", trainable=False)(inputs)
    out = layers.BatchNormalization(name="last")(layers.Conv2D(2, 3, name="conv")(frozen))
    model = keras.Model(inputs, out)
    model.compile("sgd", loss={"last": "mse"})
    converted = check(model, exact)
    assert converted.output_names == ["last"]
    assert len(converted.trainable_weights) == 2
    assert np.isfinite(converted.evaluate(images(), np.zeros((16, 4, 4, 2)), verbose=0))


def test_lora_weights_are_merged(exact: Multiplier) -> None:
    model = sequential(layers.Conv2D(4, 3, name="conv"), layers.Flatten(), layers.Dense(3))
    for layer in (model.layers[0], model.layers[2]):
        layer.enable_lora(2)
        shape = layer.lora_kernel_b.shape
        layer.lora_kernel_b.assign(np.random.default_rng(0).normal(0, 1, shape))
    converted = check(model, exact)
    assert "LoRA weights are merged" in str(conversion_report(converted))
    assert len(converted.trainable_weights) == 4
    partly = approximate(model, {"conv": exact}, images())
    assert partly.layers[2].lora_enabled
    expected = model.predict(images(), verbose=0)
    difference = np.abs(partly.predict(images(), verbose=0) - expected)
    assert difference.max() < 0.04 * np.abs(expected).max()


def test_what_keras_quantized_stays_exact_and_is_named(exact: Multiplier) -> None:
    model = sequential(layers.Conv2D(4, 3), layers.Flatten(), layers.Dense(3, name="head"))
    model.layers[2].quantize("int8")
    report = conversion_report(check(model, exact))
    assert report.paths("exact") == ("head",)
    assert "before model.quantize()" in str(report)
    with pytest.raises(QuantizationError, match="Keras quantized it"):
        approximate(model, {"head": exact}, images())


def test_a_layer_that_sees_only_zeros_converts_and_is_listed(exact: Multiplier) -> None:
    inputs = keras.Input(SHAPE)
    dead = layers.Conv2D(
        4, 3, activation="relu", bias_initializer=keras.initializers.Constant(-99)
    )
    after = layers.Conv2D(4, 3, name="after")(dead(inputs))
    model = keras.Model(inputs, after + layers.Conv2D(4, 5)(inputs))
    report = conversion_report(check(model, exact))
    listed = [layer.path for layer in report.layers if "input was 0" in layer.detail]
    assert listed == ["after"]


def test_options_are_checked_before_keras_sees_them(exact: Multiplier) -> None:
    model = sequential(layers.Conv2D(2, 3))
    with pytest.raises(UnknownNameError, match="unknown kernel 'cuda'"):
        approximate(model, exact, images(), kernel="cuda")
    for options in ({"activation_bits": 9}, {"weight_bits": 1}, {"gradient": "exact"},
                    {"weight_scheme": "symmetric"}, {"weight_scheme": "none"}):  # fmt: skip
        with pytest.raises(QuantizationError):
            approximate(model, exact, images(), **options)


def test_products_without_weights_stay_exact_and_are_listed(exact: Multiplier) -> None:
    inputs = keras.Input(SHAPE)
    x = layers.Reshape((64, 4))(layers.Conv2D(4, 1)(inputs))
    similar = ops.matmul(x, ops.transpose(x, (0, 2, 1)))
    model = keras.Model(inputs, layers.Dot(axes=(2, 1), name="dot")([similar, x]))
    report = conversion_report(check(model, exact))
    assert len(report.paths("approximated")) == 1
    assert report.paths("exact")[1] == "dot"
    assert "Matmul has no approximate counterpart" in str(report)


def test_an_own_sequential_stays_one(exact: Multiplier) -> None:
    class Mine(keras.Sequential):
        def train_step(self, data: Any) -> Any:
            return {"steps": 1.0}

    converted = check(Mine([keras.Input(SHAPE), layers.Conv2D(2, 3)]), exact)
    assert type(converted) is Mine


def test_the_report_shows_itself(exact: Multiplier) -> None:
    report = conversion_report(check(sequential(layers.Conv2D(2, 3, name="conv")), exact))
    assert repr(report) == "layers: 1 approximated, 0 folded, 0 exact\nconv  approximated  exact-u"
