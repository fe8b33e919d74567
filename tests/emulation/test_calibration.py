"""Calibration: data in every form, and data that cannot be used."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from evoapproxnas.emulation import calibrate
from evoapproxnas.errors import QuantizationError
from evoapproxnas.multipliers import Multiplier
from tests.emulation.cases import build


def test_bad_calibration(exact: Multiplier) -> None:
    model, _, x = build("conv", exact, calibrated=False)
    with pytest.raises(QuantizationError, match="shape"):
        calibrate(model, x[:, :-1])
    with pytest.raises(QuantizationError, match="NaN or infinite"):
        calibrate(model, np.where(x > 2, np.nan, x))
    with pytest.raises(QuantizationError, match="zero width"):
        calibrate(model, np.zeros_like(x))
    with pytest.raises(QuantizationError, match="did not reach"):
        calibrate(model, x[:0])
    with pytest.raises(QuantizationError, match="must be arrays"):
        calibrate(model, None)
    with pytest.raises(QuantizationError, match="no approximate layers"):
        calibrate(keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]), x)
    with pytest.raises(QuantizationError, match="not calibrated"):
        model(x)


def test_calibration_takes_data_sets_and_batches(exact: Multiplier) -> None:
    model, layer, x = build("conv", exact)
    expected = layer.get_weights()
    dataset = tf.data.Dataset.from_tensor_slices((x, np.zeros(8))).batch(3)
    for data in (dataset, iter([x[:5], x[5:]])):
        calibrate(model, data)
        for ours, theirs in zip(layer.get_weights(), expected, strict=True):
            np.testing.assert_allclose(ours, theirs, rtol=1e-6)
