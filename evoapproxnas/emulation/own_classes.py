"""Which classes that are not Keras' a saved model needs and this process does not know."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras


def own_classes(path: Path) -> tuple[str, ...]:
    """Return the names of unknown classes in a `.keras` file, in the order of its layers.

    They are what `custom_objects` calls them. A file that is none has no such.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            config = json.loads(archive.read("config.json"))
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):
        return ()
    names = dict.fromkeys(_registered_names(config))
    return tuple(name for name in names if keras.saving.get_registered_object(name) is None)


def _registered_names(value: Any) -> Iterator[str]:
    """Yield under which names a configuration looks its own objects up."""
    if isinstance(value, dict):
        name = value.get("registered_name")
        of_keras = str(value.get("module")).partition(".")[0] == "keras"
        if isinstance(name, str) and "class_name" in value and not of_keras:
            yield name
        for inner in value.values():
            yield from _registered_names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _registered_names(inner)
