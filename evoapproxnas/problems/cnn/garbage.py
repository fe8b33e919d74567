"""The memory of one candidate, freed at once and cheaply."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import keras


@contextmanager
def garbage_collected_once() -> Iterator[None]:
    """Free in the end what was made in this context, and collect no garbage before.

    Models and graphs are full of reference cycles. What existed before (TensorFlow's modules:
    a million objects) is not looked through, which takes 0.3 s, nor is the rest again and again
    while it grows. TensorFlow keeps compiled functions that nobody can call any more until Keras
    clears its session.
    """
    collecting = gc.isenabled()
    gc.disable()
    gc.freeze()
    try:
        yield
    finally:
        keras.backend.clear_session(free_memory=False)
        gc.collect()
        gc.unfreeze()
        if collecting:
            gc.enable()
