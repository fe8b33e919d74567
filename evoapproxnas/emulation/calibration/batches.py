"""Calibration data in all its forms, as batches that fit a model."""

from collections.abc import Iterable, Iterator, Sized
from itertools import islice
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from evoapproxnas.errors import QuantizationError


def batches(model: keras.Model, data: Any, batch_size: int) -> Iterator[Any]:
    """Yield batches of a model's inputs.

    Args:
        model: whose inputs tell what the data means: with two inputs, a pair of arrays may be
            these; with one, it is (x, y).
        data: as for `calibrate`.
        batch_size: images at a time, for arrays.

    Raises:
        QuantizationError: for other data, data without end, or a batch size below 1.
    """
    if batch_size < 1:
        raise QuantizationError(f"batch_size must be at least 1, got {batch_size}")
    if _is_nest_of_arrays(data) and not _is_list_of_batches(model, data):
        yield from _slices(_inputs_of(model, data), batch_size)
        return
    if not isinstance(data, Iterable) and not (_has_length(data) and hasattr(data, "__getitem__")):
        hint = "; call the generator function" if callable(data) else ""
        raise QuantizationError(
            f"calibration data must be arrays or an iterable of batches, got {type(data)}{hint}"
        )
    for batch in _finite(data):
        pair = isinstance(batch, list) and not model_inputs(model)
        yield _as_arrays(_inputs_of(model, tuple(batch) if pair else batch))


def _is_nest_of_arrays(data: Any) -> bool:
    leaves = keras.tree.flatten(data)
    return bool(leaves) and all(hasattr(leaf, "shape") for leaf in leaves)


def _is_list_of_batches(model: keras.Model, data: Any) -> bool:
    """Return whether a list of arrays, or of nests of arrays, is one of batches."""
    if not isinstance(data, list) or _fits(model, data):
        return False
    if model_inputs(model):
        return all(_fits(model, _inputs_of(model, batch)) for batch in data)
    return not any(hasattr(batch, "shape") for batch in data)


def _inputs_of(model: keras.Model, data: Any) -> Any:
    """Return the part of (x, y) or (x, y, sample weights) that a model takes; other data as is.

    What fits the declared inputs is not taken apart. Without any the kind of nest decides, as it
    does for Keras: a tuple is (x, y).
    """
    if not isinstance(data, (tuple, list)) or not data:
        return data
    if len(data) == 1 or (not _fits(model, data) and _fits(model, data[0])):
        return data[0]
    return data[0] if isinstance(data, tuple) and not _fits(model, data) else data


def _fits(model: keras.Model, data: Any) -> bool:
    """Return whether the data has the number and shapes of the inputs that a model declares."""
    arrays, tensors = keras.tree.flatten(data), model_inputs(model)
    if not tensors or len(arrays) != len(tensors):
        return False
    return all(
        hasattr(a, "shape") and _shapes_fit(t, a) for t, a in zip(tensors, arrays, strict=True)
    )


def _slices(data: Any, batch_size: int) -> Iterator[Any]:
    first = keras.tree.flatten(data)[0]
    for start in range(0, len(first), batch_size):
        yield _as_arrays(
            keras.tree.map_structure(lambda x, start=start: x[start : start + batch_size], data)
        )


def _as_arrays(batch: Any) -> Any:
    """Return a batch with arrays of other libraries (pandas, torch) as NumPy's."""
    return keras.tree.map_structure(
        lambda x: np.asarray(x) if hasattr(x, "__array__") and not tf.is_tensor(x) else x, batch
    )


def _finite(data: Any) -> Iterator[Any]:
    """Yield the batches of one pass; what has a length may go on for ever after it."""
    if isinstance(data, tf.data.Dataset):
        if data.cardinality() == tf.data.INFINITE_CARDINALITY:
            raise QuantizationError(
                "the calibration data set repeats without end; limit it with .take(number of "
                "batches)"
            )
        return iter(data)
    if not _has_length(data):
        return iter(data)
    if hasattr(data, "__iter__"):
        return islice(data, len(data))
    return (data[index] for index in range(len(data)))


def _has_length(data: Any) -> bool:
    """Return whether `len` gives a number; of endless Keras data sets it raises an error."""
    try:
        return isinstance(data, Sized) and len(data) >= 0
    except (TypeError, ValueError):
        return False


def check_model(model: Any) -> None:
    """Refuse what is no Keras model.

    Raises:
        QuantizationError: if it is none.
    """
    if not isinstance(model, keras.Model):
        raise QuantizationError(
            f"expected a Keras model, got {type(model).__name__}; load a saved one with "
            "evoapproxnas.load_model(path), wrap a single layer in keras.Sequential"
        )


def model_inputs(model: Any) -> list[Any]:
    """Return the symbolic inputs that a model declares; none for a subclass of `keras.Model`."""
    return list(keras.tree.flatten(getattr(model, "inputs", None) or []))


def check_batch(model: keras.Model, batch: Any) -> None:
    """Compare the arrays of a batch with the model's inputs, where it declares them.

    Raises:
        QuantizationError: if they are not finite numbers, or have another shape.
    """
    arrays, inputs = keras.tree.flatten(batch), model_inputs(model)
    texts = {index for index, tensor in enumerate(inputs) if tensor.dtype == "string"}
    for index, array in enumerate(arrays):
        if index in texts:
            continue
        if not hasattr(array, "shape") or np.dtype(_dtype(array)).kind not in "biufV":
            raise QuantizationError(
                f"calibration data must hold numbers, got {getattr(array, 'dtype', type(array))}"
            )
        if np.dtype(_dtype(array)).kind == "f" and not np.isfinite(array).all():
            raise QuantizationError(
                "the calibration data hold values that are NaN or infinite; leave these out, as "
                "no range of activations follows from them"
            )
    if inputs and len(inputs) != len(arrays):
        raise QuantizationError(
            f"the model has {len(inputs)} inputs, the calibration data {len(arrays)}; give a "
            "list or dictionary of arrays, one for each"
        )
    for tensor, array in zip(inputs, arrays, strict=False):
        if not _shapes_fit(tensor, array):
            raise QuantizationError(
                "calibration data must have the shape of the model's input "
                f"{tuple(tensor.shape)}, got {tuple(array.shape)}; a data set must be batched"
            )


def _shapes_fit(tensor: Any, array: Any) -> bool:
    """Return whether a model takes the array: Keras adds, or drops, a last axis of size 1."""
    expected, received = tuple(tensor.shape[1:]), tuple(array.shape[1:])
    if len(array.shape) < 1:
        return False
    if len(received) == len(expected) + 1 and received[-1:] == (1,):
        received = received[:-1]
    if len(expected) == len(received) + 1 and expected[-1:] == (1,):
        expected = expected[:-1]
    return len(expected) == len(received) and all(
        e in (None, r) for e, r in zip(expected, received, strict=True)
    )


def _dtype(array: Any) -> Any:
    return getattr(array.dtype, "as_numpy_dtype", array.dtype)
