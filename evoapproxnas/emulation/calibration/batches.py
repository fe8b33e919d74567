"""Calibration data in all its forms, as batches that fit a model."""

from collections.abc import Iterable, Iterator
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from evoapproxnas.errors import QuantizationError


def batches(data: Any, batch_size: int) -> Iterator[Any]:
    """Yield batches of an array, of a nest of arrays, or of an iterable of batches.

    Args:
        data: as for `calibrate`.
        batch_size: images at a time, for arrays.

    Raises:
        QuantizationError: for other data, data without end, or a batch size below 1.
    """
    if batch_size < 1:
        raise QuantizationError(f"batch_size must be at least 1, got {batch_size}")
    arrays = keras.tree.flatten(data)
    if arrays and all(hasattr(array, "shape") for array in arrays):
        for start in range(0, len(arrays[0]), batch_size):
            yield keras.tree.map_structure(
                lambda array, start=start: np.asarray(array[start : start + batch_size]), data
            )
        return
    if not isinstance(data, Iterable) or not arrays:
        hint = "; call the generator function" if callable(data) else ""
        raise QuantizationError(
            f"calibration data must be arrays or an iterable of batches, got {type(data)}{hint}"
        )
    if isinstance(data, tf.data.Dataset) and (data.cardinality() == tf.data.INFINITE_CARDINALITY):
        raise QuantizationError(
            "the calibration data set repeats without end; limit it with .take(number of batches)"
        )
    for batch in data:
        yield batch[0] if isinstance(batch, tuple) else batch


def check_model(model: Any) -> None:
    """Refuse what is no Keras model.

    Raises:
        QuantizationError: if it is none.
    """
    if not isinstance(model, keras.Model):
        raise QuantizationError(
            f"expected a Keras model, got {type(model).__name__}; load a saved one with "
            "keras.models.load_model(path), wrap a single layer in keras.Sequential"
        )


def check_batch(model: keras.Model, batch: Any) -> None:
    """Compare the arrays of a batch with the model's inputs, where it declares them.

    Raises:
        QuantizationError: if they are not numbers, or have another shape.
    """
    arrays = keras.tree.flatten(batch)
    for array in arrays:
        if not hasattr(array, "shape") or np.dtype(_dtype(array)).kind not in "biufV":
            raise QuantizationError(
                f"calibration data must hold numbers, got {getattr(array, 'dtype', type(array))}"
            )
    inputs = keras.tree.flatten(getattr(model, "inputs", None) or [])
    if inputs and len(inputs) != len(arrays):
        raise QuantizationError(
            f"the model has {len(inputs)} inputs, the calibration data {len(arrays)}; give a "
            "list or dictionary of arrays, one for each"
        )
    for tensor, array in zip(inputs, arrays, strict=False):
        expected, received = tuple(tensor.shape), tuple(array.shape)
        if len(expected) != len(received) or not all(
            e in (None, r) for e, r in zip(expected[1:], received[1:], strict=True)
        ):
            raise QuantizationError(
                f"calibration data must have the shape of the model's input {expected}, got "
                f"{received}; a data set must be batched"
            )


def _dtype(array: Any) -> Any:
    return getattr(array.dtype, "as_numpy_dtype", array.dtype)
