import re

import keras
import numpy as np
import pytest

import evoapproxnas as ea
from evoapproxnas.errors import QuantizationError
from evoapproxnas.hardware import keras_workload, network_workload
from evoapproxnas.networks.keras_model import build_model
from evoapproxnas.problems.cnn.population import make_space
from tests.fakes import tiny_config

LAYERS = keras.layers


def everything() -> keras.Model:
    """One layer of each kind, one shared, one in a nested model that is used twice."""
    inputs = keras.Input((6, 6, 2))
    shared = LAYERS.Conv2D(4, 3, padding="same", name="shared")
    block = keras.Sequential(
        [keras.Input((None, None, 4)), LAYERS.Conv2D(4, 3, padding="same", name="conv")],
        name="block",
    )
    x = LAYERS.Conv2D(4, 1, activation="relu", name="point")(inputs)
    x = LAYERS.Add()([shared(shared(x)), LAYERS.DepthwiseConv2D(3, padding="same", name="dw")(x)])
    x = block(LAYERS.MaxPooling2D()(block(x)))
    x = LAYERS.UpSampling2D()(x)
    x = LAYERS.SeparableConv2D(3, 3, strides=2, depth_multiplier=2, name="sep")(x)
    x = LAYERS.Conv2DTranspose(2, 3, strides=2, padding="same", name="up")(x)
    x = LAYERS.Reshape((16, 2))(x)
    x = LAYERS.Conv1D(4, 3, padding="causal", groups=2, name="line")(x)
    x = LAYERS.TimeDistributed(LAYERS.Dense(3, name="step"), name="steps")(x)
    x = LAYERS.Dense(2, name="wide")(x)
    x = LAYERS.PReLU(name="slope")(x)
    return keras.Model(inputs, LAYERS.Dense(5, name="head")(LAYERS.Flatten()(x)))


COUNTS = {
    "point": 36 * 2 * 4,
    "shared": 2 * 36 * 9 * 4 * 4,
    "dw": 36 * 9 * 4,
    "block/conv": (36 + 9) * 9 * 4 * 4,
    "sep/depthwise": 4 * 9 * 8,
    "sep/pointwise": 4 * 8 * 3,
    "up": 6 * 6 * 3 * 2,
    "line": 16 * 3 * 1 * 4,
    "steps/step": 16 * 4 * 3,
    "wide": 16 * 3 * 2,
    "head": 32 * 5,
}


def test_all_kinds_count_as_often_as_they_are_used() -> None:
    work = keras_workload(everything())
    assert dict(work.multiplications) == COUNTS
    assert not work.not_covered
    assert [layer.path for layer in work.layers].count("shared") == 2
    inside = {layer.path: layer.multiplications_inside for layer in work.layers}
    assert inside["up"] == 5 * 5 * 3 * 2
    assert inside["line"] == (16 * 3 - 3) * 4
    assert inside["dw"] == 16 * 16 * 4


def test_the_approximate_model_does_the_same_work() -> None:
    model = everything()
    images = np.random.default_rng(0).random((4, 6, 6, 2), dtype=np.float32)
    converted = ea.approximate(model, "exact8", calibration_data=images)
    assert dict(keras_workload(converted).multiplications) == COUNTS


def test_a_network_and_its_keras_model_do_the_same_work() -> None:
    space = make_space(tiny_config())
    network = space.decode(space.random(np.random.default_rng(5)))
    model = build_model(network, mean=(0.0,), variance=(1.0,), seed=0)
    assert keras_workload(model) == network_workload(network)


def _dot(x: object) -> object:
    return LAYERS.Dot(axes=(2, 2), name="dot")([x, x])


def _attention(x: object) -> object:
    return LAYERS.Attention(name="attention")([x, x])


def _matmul(x: object) -> object:
    return keras.ops.matmul(x, keras.ops.transpose(x, (0, 2, 1)))


def _convolution(x: object) -> object:
    return keras.ops.conv(x, np.ones((3, 4, 2), np.float32))


@pytest.mark.parametrize(
    ("products", "told"),
    [
        (_dot, "dot: Dot"),
        (_attention, "attention: Attention"),
        (_matmul, "matmul: Matmul"),
        (_convolution, "conv: Conv"),
    ],
)
def test_products_without_weights_are_not_free(products, told: str) -> None:
    inputs = keras.Input((8, 4))
    inner = keras.Model(inputs, LAYERS.Flatten()(products(LAYERS.ReLU()(inputs))))
    given = keras.Input((8, 4))
    work = keras_workload(keras.Model(given, LAYERS.Dense(3)(inner(given))))
    (found,) = work.not_covered
    assert re.sub(r"_\d+|.*/", "", found) == told


def test_norms_become_part_of_the_layers_beside_them() -> None:
    layers = [LAYERS.Normalization(), LAYERS.Conv2D(4, 3), LAYERS.BatchNormalization()]
    model = keras.Sequential([keras.Input((8, 8, 3)), *layers, LAYERS.LayerNormalization()])
    (found,) = keras_workload(model).not_covered
    assert found.endswith("LayerNormalization")


def test_unknown_sizes_are_an_error_unless_they_are_given() -> None:
    inputs = keras.Input((None, None, 1))
    x = LAYERS.Conv2D(2, 3, name="conv")(inputs)
    model = keras.Model(inputs, LAYERS.GlobalAveragePooling2D()(x))
    with pytest.raises(QuantizationError, match=r"'conv' has inputs of unknown size"):
        keras_workload(model)
    assert keras_workload(model, input_shapes=[(5, 4, 1)]).total == 3 * 2 * 9 * 2


def test_a_graph_that_is_not_known_is_an_error() -> None:
    class Own(keras.Model):
        def call(self, x: object) -> object:
            return x

    with pytest.raises(QuantizationError, match="graph of model 'own' is not known"):
        keras_workload(Own(name="own"))
