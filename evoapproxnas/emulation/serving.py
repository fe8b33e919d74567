"""What a model is exported as: what `predict` computes, whatever its layers do in training."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from evoapproxnas.private_apis import parts_without_signature


def served_as_predicted(model: keras.Model) -> keras.Model:
    """Let a model's `export` write down what its `predict` computes; return the model.

    Keras leaves open, while it exports, whether the model is in training. Layers that are random
    unless they are told that it is not, such as `RandomFlip`, would go on flipping when served.
    """
    vars(model)["export"] = partial(_export, model)
    return model


def _export(
    model: keras.Model, filepath: str | Path, format: str = "tf_saved_model", **options: Any
) -> None:
    """Do what `model.export` does, with all calls of the model in inference mode."""
    call: Callable[..., Any] = partial(model.__call__, training=False)
    seen_by_keras: dict[str, Any] = {"__call__": call}
    if format == "tf_saved_model":
        seen_by_keras = {"__call__": _traced_once(call), **parts_without_signature(model)}
    vars(model).update(seen_by_keras)
    try:
        type(model).export(model, filepath, format, **options)
    finally:
        for name in seen_by_keras:
            del vars(model)[name]


def _traced_once(call: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that does the same, and whose graph is made once.

    Keras and TensorFlow trace what they export again for each of its signatures. Each of them is
    now a call of one and the same graph.
    """
    traced = tf.function(call, autograph=False)
    graphs: dict[str, Any] = {}

    def shared(*inputs: Any) -> Any:
        kinds = keras.tree.map_structure(lambda x: tf.TensorSpec(x.shape, x.dtype), inputs)
        if (key := str(kinds)) not in graphs:
            with tf.init_scope():  # A graph of its own, not one of whoever comes first.
                graphs[key] = traced.get_concrete_function(*kinds)
        return graphs[key](*inputs)

    return shared
