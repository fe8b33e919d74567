"""What is used of Keras and TensorFlow beyond public names still does what it is used for."""

import weakref
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest

from evoapproxnas.private_apis import letting_go


class Noting(keras.layers.Layer):
    """Adds 1, and notes how many of the inputs that it has ever been given are still alive."""

    def __init__(self, notes: SimpleNamespace) -> None:
        super().__init__()
        self.notes = notes

    def call(self, x: Any) -> Any:
        self.notes.given.append(weakref.ref(x))
        alive = sum(each() is not None for each in self.notes.given)
        self.notes.most = max(self.notes.most, alive)
        return x + 1.0


def chain(kind: str, notes: SimpleNamespace) -> keras.Model:
    def noting() -> Noting:
        return Noting(notes)

    inputs = keras.Input((3,))
    inner = keras.Input((3,))
    if kind == "sequential":
        return keras.Sequential([inputs, *(noting() for _ in range(8))])
    x = first = noting()(inputs)
    for _ in range(5):
        x = noting()(x)
    if kind == "nested":
        x = keras.Model(inner, noting()(noting()(noting()(inner))))(x)
    if kind == "branches":
        left, right = noting()(x), noting()(first)
        return keras.Model(inputs, [keras.layers.Add()([left, right]), x])
    return keras.Model(inputs, x)


@pytest.mark.parametrize("kind", ["plain", "sequential", "nested", "branches"])
def test_results_are_let_go_of_after_their_last_use(kind: str) -> None:
    notes = SimpleNamespace(given=[], most=0)
    model = chain(kind, notes)
    images = np.ones((2, 3), np.float32)

    def run() -> tuple[list[Any], int]:
        notes.given, notes.most = [], 0
        return keras.tree.flatten(model(images)), notes.most

    expected, kept = run()
    with letting_go(model):
        found, most = run()
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_array_equal(one, other)
    assert most <= 4 < kept
    assert run()[1] == kept
