"""Calibration: data in every form, and data that cannot be used."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from evoapproxnas.emulation import (
    ApproxDense,
    InputStatistics,
    calibrate,
    moving_average,
    percentile,
)
from evoapproxnas.errors import QuantizationError, UnknownNameError
from evoapproxnas.multipliers import Multiplier
from tests.emulation.cases import build


def test_bad_calibration(exact: Multiplier) -> None:
    model, _, x = build("conv", exact, calibrated=False)
    with pytest.raises(QuantizationError, match="shape"):
        calibrate(model, x[:, :-1])
    with pytest.raises(QuantizationError, match="^the calibration data hold .* NaN or infinite"):
        calibrate(model, np.where(x > 2, np.nan, x))
    with pytest.raises(QuantizationError, match="NaN or infinite"):
        calibrate(model, np.where(x > 2, np.inf, x))
    with pytest.raises(QuantizationError, match="batch_size must be at least 1"):
        calibrate(model, x, batch_size=0)
    with pytest.raises(QuantizationError, match="expected a Keras model, got str"):
        calibrate("model.keras", x)
    with pytest.raises(QuantizationError, match="zero width"):
        calibrate(model, np.zeros_like(x))
    with pytest.raises(QuantizationError, match="did not reach"):
        calibrate(model, x[:0])
    with pytest.raises(QuantizationError, match="must be arrays"):
        calibrate(model, None)
    with pytest.raises(QuantizationError, match="call the generator function"):
        calibrate(model, lambda: iter([x]))
    with pytest.raises(QuantizationError, match="must be batched"):
        calibrate(model, tf.data.Dataset.from_tensor_slices(x))
    with pytest.raises(QuantizationError, match="without end"):
        calibrate(model, tf.data.Dataset.from_tensors(x).repeat())
    with pytest.raises(QuantizationError, match="must hold numbers"):
        calibrate(model, x.astype(str))
    with pytest.raises(QuantizationError, match="1 inputs, the calibration data 2"):
        calibrate(model, {"one": x, "two": x})
    with pytest.raises(UnknownNameError, match="did you mean 'percentile'"):
        calibrate(model, x, range_method="percentiles")
    with pytest.raises(QuantizationError, match="no approximate layers"):
        calibrate(keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]), x)
    with pytest.raises(QuantizationError, match="not calibrated"):
        model(x)


def test_a_layer_that_is_fed_nan_is_named_in_our_own_words(exact: Multiplier) -> None:
    model, layer, x = build("conv", exact, calibrated=False)
    inputs = keras.Input(x.shape[1:])
    broken = keras.Model(inputs, layer(keras.layers.Rescaling(np.inf)(inputs)))
    with pytest.raises(QuantizationError, match=f"^layer '{layer.name}' met activations that"):
        calibrate(broken, x)


def test_calibration_takes_data_sets_and_batches(exact: Multiplier) -> None:
    model, layer, x = build("conv", exact)
    expected = layer.get_weights()
    dataset = tf.data.Dataset.from_tensor_slices((x, np.zeros(8))).batch(3)
    for data in (dataset, (part for part in (x[:5], x[5:]))):
        calibrate(model, data)
        for ours, theirs in zip(layer.get_weights(), expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-6)


def test_a_model_without_declared_inputs_tells_which_shape_failed(exact: Multiplier) -> None:
    class Mine(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.dense = ApproxDense(2, multiplier=exact)

        def call(self, x: tf.Tensor) -> tf.Tensor:
            return self.dense(x)

    model = Mine()
    calibrate(model, np.ones((4, 5), np.float32))
    with pytest.raises(QuantizationError, match=r"shape \[\(4, 6\)\]"):
        calibrate(model, np.ones((4, 6), np.float32))


def test_range_methods() -> None:
    first = InputStatistics.of(np.linspace(-1, 1, 1001))
    second = InputStatistics.of(np.append(np.linspace(-1, 1, 998), [5.0, 50.0, -9.0]))
    both = first.merged(second)
    assert (both.low, both.high) == (-9, 50)
    low, high = percentile(99)(both)
    assert low == pytest.approx(-0.98, rel=0.02)
    assert high == pytest.approx(0.98, rel=0.02)
    assert percentile(100)(both)[1] == 50
    assert percentile(90)(InputStatistics.of(np.linspace(0, 1, 99)))[0] == 0
    assert moving_average(0.75)(both) == pytest.approx((-3, 0.75 * 1 + 0.25 * 50))
    assert moving_average()(first) == (-1, 1)
    for wrong in (50, 101):
        with pytest.raises(QuantizationError, match="percentile must"):
            percentile(wrong)
    with pytest.raises(QuantizationError, match="momentum must"):
        moving_average(1.0)


def test_a_percentile_ignores_outliers_and_padding(exact: Multiplier) -> None:
    model, layer, x = build("conv", exact)
    spoiled = x.copy()
    spoiled[0, 0, 0, 0] = 1e4
    calibrate(model, spoiled)
    assert float(layer.input_range[1]) == 1e4
    calibrate(model, spoiled, range_method="percentile")
    assert float(layer.input_range[1]) < 1.01 * x.max()
    calibrate(model, spoiled, range_method=percentile(90))
    np.testing.assert_allclose(layer.input_range, np.quantile(x, [0.1, 0.9]), rtol=0.02)
    assert float(tf.reduce_sum(layer.input_histogram)) == pytest.approx(1)
    calibrate(model, iter([x[:4], 3 * x[4:]]), range_method="moving_average")
    ends = [0.9 * f(x[:4]) + 0.1 * f(3 * x[4:]) for f in (np.min, np.max)]
    np.testing.assert_allclose(layer.input_range, ends, rtol=1e-5)


def test_a_range_that_a_percentile_leaves_empty_is_refused(exact: Multiplier) -> None:
    model, _, x = build("conv", exact)
    sparse = np.zeros_like(x)
    sparse[0, 0, 0, 0] = 1
    with pytest.raises(QuantizationError, match="range_method='minmax'"):
        calibrate(model, sparse, range_method=percentile(60))
    calibrate(model, sparse)
