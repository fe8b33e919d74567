"""Where data that users bring are looked for."""

import os
from pathlib import Path

from evoapproxnas.paths import expanded

DATA_VARIABLE = "EVOAPPROXNAS_DATA"


def data_folders(data_dir: Path | None) -> list[Path]:
    """Return the folders where data sets are looked for, in order.

    A folder that was named is the only one: other data must not take the place of what is asked
    for. Otherwise they are the one that EVOAPPROXNAS_DATA names, and the Keras cache.

    Args:
        data_dir: the folder that was named, if any.
    """
    if data_dir is not None:
        return [data_dir]
    folders = []
    if from_environment := os.environ.get(DATA_VARIABLE):
        folders.append(expanded(from_environment))
    keras_home = os.environ.get("KERAS_HOME") or "~/.keras"
    folders.append(expanded(keras_home) / "datasets")
    return folders
