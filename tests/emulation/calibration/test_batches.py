"""Calibration data in the forms that people have it: each gives the ranges of the plain array."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from evoapproxnas.emulation import ApproxDense, calibrate
from evoapproxnas.emulation.calibration.batches import batches
from evoapproxnas.errors import QuantizationError
from evoapproxnas.multipliers import Multiplier
from tests.emulation.cases import build

X = np.random.default_rng(0).normal(0, 1, (8, 9, 8, 4)).astype(np.float32)
Y = np.arange(8)
PARTS = [(X[:4], Y[:4]), (X[4:], Y[4:])]


class _Indexed(keras.utils.PyDataset):
    def __len__(self) -> int:
        return 2

    def __getitem__(self, index: int) -> Any:
        return PARTS[index]


class _Endless:
    """Like the iterators of Keras' image generators: `len` batches make one pass."""

    def __len__(self) -> int:
        return 2

    def __iter__(self) -> Iterator[Any]:
        while True:
            yield from PARTS


FORMS: dict[str, Any] = {
    "array": lambda: X,
    "tensor": lambda: tf.constant(X),
    "pair": lambda: (X, Y),
    "triple": lambda: (X, Y, np.ones(8)),
    "list of x and y": lambda: [X, Y],
    "list of arrays": lambda: [x for x, _ in PARTS],
    "list of pairs": lambda: list(PARTS),
    "list of lists": lambda: [list(part) for part in PARTS],
    "generator": lambda: (list(part) for part in PARTS),
    "data set": lambda: tf.data.Dataset.from_tensor_slices((X, Y)).batch(4),
    "PyDataset": lambda: _Indexed(),
    "endless": lambda: _Endless(),
}


@pytest.mark.parametrize("form", FORMS)
def test_all_forms_calibrate_alike(form: str, exact: Multiplier) -> None:
    model, layer, _ = build("conv", exact, calibrated=False)
    calibrate(model, FORMS[form](), batch_size=4)
    np.testing.assert_allclose(layer.input_range, [X.min(), X.max()], rtol=1e-6)


def two_inputs() -> keras.Model:
    first, second = (keras.Input(X.shape[1:], name=name) for name in ("first", "second"))
    return keras.Model([first, second], keras.layers.Add()([first, second]))


TWO: dict[str, Any] = {
    "list": lambda: [X, -X],
    "tuple": lambda: (X, -X),
    "with labels": lambda: ([X, -X], Y),
    "dictionary": lambda: {"first": X, "second": -X},
    "batches": lambda: [((x, -x), y) for x, y in PARTS],
    "data set": lambda: tf.data.Dataset.from_tensor_slices(((X, -X), Y)).batch(4),
}


@pytest.mark.parametrize("form", TWO)
def test_two_inputs_are_not_taken_for_labels(form: str) -> None:
    parts = [keras.tree.flatten(batch) for batch in batches(two_inputs(), TWO[form](), 4)]
    for index, expected in enumerate((X, -X)):
        np.testing.assert_array_equal(np.concatenate([part[index] for part in parts]), expected)


def test_images_without_a_channel_axis_are_taken_as_keras_takes_them(exact: Multiplier) -> None:
    layer = ApproxDense(2, multiplier=exact)
    model = keras.Sequential([keras.Input((5, 1)), layer])
    calibrate(model, X[:, :5, 0, 0])
    assert layer.calibrated


def test_a_model_without_declared_inputs_takes_the_first_of_a_tuple() -> None:
    class Mine(keras.Model):
        def call(self, x: Any) -> Any:
            return x

    (batch,) = batches(Mine(), (X, Y), 8)
    np.testing.assert_array_equal(batch, X)
    (batch,) = batches(Mine(), [X, X], 8)
    assert len(batch) == 2
    assert [len(batch) for batch in batches(Mine(), iter(PARTS), 8)] == [4, 4]


def test_endless_data_is_refused() -> None:
    with pytest.raises(QuantizationError, match="without end"):
        list(batches(two_inputs(), tf.data.Dataset.from_tensors((X, Y)).repeat(), 4))
