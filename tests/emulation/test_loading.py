"""Saved models in other processes: found by Keras, loaded by us, pickled."""

import copy
import gc
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest

from evoapproxnas.emulation import approximate, conversion_report, load_model
from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.emulation.conversion.counterparts import EXACT_KINDS
from evoapproxnas.errors import ConfigError, MultiplierError
from evoapproxnas.keras_names import LAYERS
from evoapproxnas.multipliers import Multiplier, exact_table, load_library
from tests.emulation.cases import build

IMPORTS_FIRST = """
import sys
import evoapproxnas
assert "keras" not in sys.modules
import keras
"""
IMPORTS_LAST = """
import sys
import keras
import evoapproxnas
"""
LOAD = """
import numpy as np
assert not any(name.startswith("evoapproxnas.emulation") for name in sys.modules)
model = keras.saving.load_model("model.keras")
np.save("received.npy", model.predict(np.load("x.npy"), verbose=0))
"""
UNPICKLE = """
import pickle
import numpy as np
with open("model.pickle", "rb") as file:
    model = pickle.load(file)
np.save("received.npy", model.predict(np.load("x.npy"), verbose=0))
"""


def test_every_layer_has_its_name_with_keras() -> None:
    assert {kind.__name__ for kind in EXACT_KINDS.values()} == set(LAYERS)
    for kind in EXACT_KINDS.values():
        assert keras.saving.get_registered_name(kind) == f"evoapproxnas>{kind.__name__}"


def _received(code: str, folder: Path) -> np.ndarray:
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True)
    return np.load(folder / "received.npy")


@pytest.mark.parametrize("imports", [IMPORTS_FIRST, IMPORTS_LAST], ids=["first", "last"])
def test_keras_finds_the_layers_once_the_package_is_imported(imports: str, tmp_path: Path) -> None:
    model, _, x = build("separable", "mul8u_or8_v6")
    model.save(tmp_path / "model.keras")
    np.save(tmp_path / "x.npy", x)
    expected = model.predict(x, verbose=0)
    np.testing.assert_array_equal(_received(imports + LOAD, tmp_path), expected)


def _converted(multiplier: Multiplier) -> tuple[keras.Model, np.ndarray]:
    inputs = keras.Input((6, 6, 3))
    x = keras.layers.Conv2D(3, 3, name="conv")(inputs)
    model = keras.Model(inputs, keras.layers.Flatten()(x))
    data = np.random.default_rng(0).normal(0, 1, (4, 6, 6, 3)).astype(np.float32)
    return approximate(model, multiplier, data), data


def test_pickles_carry_their_multipliers_and_register_the_layers(
    coarse: Multiplier, tmp_path: Path
) -> None:
    model, x = _converted(coarse)
    np.save(tmp_path / "x.npy", x)
    (tmp_path / "model.pickle").write_bytes(pickle.dumps(model))
    expected = model.predict(x, verbose=0)
    np.testing.assert_array_equal(_received(UNPICKLE, tmp_path), expected)
    twin = copy.deepcopy(model)
    np.testing.assert_array_equal(twin.predict(x, verbose=0), expected)
    assert conversion_report(twin) == conversion_report(model)


def test_exact_models_pickle_as_ever() -> None:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    x = np.ones((1, 3), np.float32)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model))(x), model(x))


class Halved(keras.layers.Layer):
    """Of somebody's own, and not registered; its configuration follows from its arguments."""

    def __init__(self, by: float = 2.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.by = by

    def call(self, inputs: Any) -> Any:
        return inputs / self.by


def test_layers_of_own_classes_are_saved_and_asked_for(exact: Multiplier, tmp_path: Path) -> None:
    inputs = keras.Input((6, 6, 3))
    model = keras.Model(inputs, Halved(4.0)(keras.layers.Conv2D(2, 3)(inputs)))
    x = np.random.default_rng(0).normal(0, 1, (4, 6, 6, 3)).astype(np.float32)
    converted = approximate(model, exact, x)
    converted.save(tmp_path / "model.keras")
    with pytest.raises(ConfigError, match=r"own classes; .*_objects=\{'Halved': Halved"):
        load_model(tmp_path / "model.keras", multipliers=exact)
    loaded = load_model(
        tmp_path / "model.keras", multipliers=exact, custom_objects={"Halved": Halved}
    )
    np.testing.assert_array_equal(loaded(x), converted(x))


def test_load_model_takes_the_multipliers_that_the_library_lacks(
    exact: Multiplier, tmp_path: Path
) -> None:
    path, table = tmp_path / "model.keras", exact.table ^ 2
    model, x = _converted(Multiplier.from_table("lonely", table))
    expected = np.asarray(model(x))
    model.save(path)
    del model
    gc.collect()
    with pytest.raises(MultiplierError, match=r"load_model\(path, multipliers="):
        load_model(path)
    renamed = Multiplier.from_table("another-name", table)
    loaded = load_model(path, multipliers=[renamed])
    np.testing.assert_array_equal(loaded(x), expected)
    del loaded
    np.testing.assert_array_equal(load_model(path, multipliers=renamed)(x), expected)


def test_a_name_of_the_library_is_kept_while_others_have_the_same_table(tmp_path: Path) -> None:
    model, _ = _converted(load_library()["mul8u_exact"])
    model.save(tmp_path / "model.keras")
    del model
    gc.collect()
    other = Multiplier.from_table("of-my-own", exact_table(signed=False))
    alive, _ = _converted(other)
    (layer,) = emulated_layers(load_model(tmp_path / "model.keras")).values()
    assert layer.multiplier.name == "mul8u_exact"
    assert layer.multiplier.power_uw is not None
    del alive


def test_what_cannot_be_loaded_is_an_error_of_the_package(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no model"):
        load_model(tmp_path / "nothing.keras")
    (tmp_path / "text.keras").write_text("no model")
    with pytest.raises(ConfigError, match="cannot load"):
        load_model(tmp_path / "text.keras")
    with pytest.raises(ConfigError, match="expected the path of a saved model, got 3"):
        load_model(3)  # type: ignore[arg-type]
