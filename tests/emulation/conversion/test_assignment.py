"""Who gets which multiplier: by name, path, pattern or function."""

import keras
import numpy as np
import pytest
from keras import layers

from evoapproxnas.emulation import EmulatedLayer, approximate, conversion_report
from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.errors import QuantizationError, UnknownNameError
from evoapproxnas.multipliers import Multiplier, MultiplierChoice


@pytest.fixture
def model() -> keras.Model:
    block = keras.Sequential(
        [keras.Input((6, 6, 2)), layers.Conv2D(2, 1, name="conv_a"), layers.ReLU(name="relu")],
        name="block",
    )
    return keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            layers.Conv2D(2, 3, name="conv_b"),
            layers.ZeroPadding2D(1, name="pad"),
            block,
            layers.Flatten(),
            layers.Dense(3, name="head"),
        ]
    )


@pytest.fixture
def x() -> np.ndarray:
    return np.random.default_rng(0).normal(0, 1, (4, 6, 6, 2)).astype(np.float32)


def chosen(converted: keras.Model) -> dict[str, str]:
    return {path: layer.multiplier.name for path, layer in emulated_layers(converted).items()}


def test_names_go_before_patterns_and_earlier_patterns_before_later(
    model: keras.Model, x: np.ndarray, exact: Multiplier, coarse: Multiplier
) -> None:
    converted = approximate(model, {"conv*": coarse, "*": exact, "head": coarse}, x)
    names = {"conv_b": "coarse", "block/conv_a": "coarse", "head": "coarse"}
    assert chosen(converted) == names
    converted = approximate(model, {"block/*": coarse, "*": exact, "head": None}, x)
    assert chosen(converted) == {"conv_b": "exact-u", "block/conv_a": "coarse"}
    assert conversion_report(converted).paths("exact") == ("head",)
    converted = approximate(model, {"conv_[ab]": coarse}, x)
    assert set(chosen(converted)) == {"conv_b", "block/conv_a"}


def test_a_function_chooses(
    model: keras.Model, x: np.ndarray, exact: Multiplier, coarse: Multiplier
) -> None:
    def choose(layer: keras.Layer) -> Multiplier | None:
        if isinstance(layer, layers.Dense):
            return None
        return exact if layer.kernel_size == (1, 1) else coarse

    converted = approximate(model, choose, x)
    assert chosen(converted) == {"conv_b": "coarse", "block/conv_a": "exact-u"}
    assert not isinstance(converted.get_layer("head"), EmulatedLayer)


def test_bad_assignments(model: keras.Model, x: np.ndarray, exact: Multiplier) -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'conv_b'"):
        approximate(model, {"conv_bb": exact}, x)
    with pytest.raises(QuantizationError, match="'pad' cannot be approximated"):
        approximate(model, {"pad": exact}, x)
    with pytest.raises(QuantizationError, match="pattern 'pad[*]' matches no layer that can"):
        approximate(model, {"pad*": exact}, x)
    with pytest.raises(QuantizationError, match="'head' must be a name"):
        approximate(model, {"head": 3}, x)  # type: ignore[dict-item]
    with pytest.raises(QuantizationError, match="'conv_b' must be a name"):
        approximate(model, lambda layer: exact.table, x)
    with pytest.raises(QuantizationError, match="got list"):
        approximate(model, [exact], x)  # type: ignore[arg-type]
    with pytest.raises(QuantizationError, match="no multiplier was assigned"):
        approximate(model, lambda layer: None, x)
    with pytest.raises(UnknownNameError, match="multiplier"):
        approximate(model, {"*": "no-such"}, x)


def test_operand_widths_go_with_the_multiplier(model: keras.Model) -> None:
    images = np.random.default_rng(0).random((8, 6, 6, 2), dtype=np.float32)
    chosen = {"conv_b": "mul8u_exact_a6w4", "block/*": "mul8u_or8_v6@a7w5", "head": "exact8"}
    converted = approximate(model, chosen, images, weight_bits=6)
    widths = {p: layer.quantization.widths for p, layer in emulated_layers(converted).items()}
    assert widths == {"conv_b": (6, 4), "block/conv_a": (7, 5), "head": (8, 6)}
    details = {layer.path: layer.detail for layer in conversion_report(converted).layers}
    assert details["block/conv_a"] == "mul8u_or8_v6@a7w5"
    assert details["head"] == "mul8u_exact@a8w6"
    again = {path: details[path] for path in widths}
    same = approximate(model, again, images)
    np.testing.assert_array_equal(same(images), converted(images))
    by_hand = approximate(
        model, {"conv_b": "mul8u_exact_a6w4"}, images, activation_bits=6, weight_bits=4
    )
    only = approximate(model, {"conv_b": MultiplierChoice.of("mul8u_exact_a6w4")}, images)
    np.testing.assert_array_equal(by_hand(images), only(images))
