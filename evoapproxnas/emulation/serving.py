"""What a model is exported as: what `predict` computes, whatever its layers do in training."""

from functools import partial
from typing import Any

import keras


def served_as_predicted(model: keras.Model) -> keras.Model:
    """Let a model's `export` write down what its `predict` computes; return the model.

    Keras leaves open, while it exports, whether the model is in training. Layers that are random
    unless they are told that it is not, such as `RandomFlip`, would go on flipping when served.
    """
    vars(model)["export"] = partial(_export, model)
    return model


def _export(model: keras.Model, *args: Any, **kwargs: Any) -> None:
    """Do what `model.export` does, with all calls of the model in inference mode."""
    called_by_keras = vars(model)
    called_by_keras["__call__"] = partial(model.__call__, training=False)
    try:
        type(model).export(model, *args, **kwargs)
    finally:
        del called_by_keras["__call__"]
