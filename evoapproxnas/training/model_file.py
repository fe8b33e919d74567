"""Writing Keras models so that a kill at any moment leaves a whole file or none."""

from pathlib import Path

import keras

from evoapproxnas.files import atomic_file


def save_model(model: keras.Model, path: Path) -> None:
    """Write a model into a `.keras` file, in one step and down to the disk.

    Raises:
        StoreError: if it cannot be written.
    """
    with atomic_file(path) as partial:
        model.save(partial)
