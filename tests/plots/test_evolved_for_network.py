import importlib.util
from pathlib import Path
from types import ModuleType

import keras
import numpy as np
import pandas as pd
import pytest

from evoapproxnas.circuits import network_operands
from evoapproxnas.config import DataConfig
from evoapproxnas.multipliers import add_multiplier, load_library
from evoapproxnas.multipliers.making.bundle import write_library
from evoapproxnas.training import load_dataset


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, with a bundled library of two circuits."""
    path = Path(__file__).parents[2] / "plots" / "evolved_for_network.py"
    spec = importlib.util.spec_from_file_location("evolved_for_network", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(__import__("sys").modules, "evolved_for_network", module)
    spec.loader.exec_module(module)
    write_library(tmp_path / "bundled", ["mul8u_exact", "mul8u_trunc_a4_w4"])
    monkeypatch.setattr(module, "bundled_folder", lambda: tmp_path / "bundled")
    monkeypatch.setattr(module, "VALIDATION_IMAGES", 40)
    return module


def test_accuracy_is_measured_against_power_and_drawn(script: ModuleType, tmp_path: Path) -> None:
    library = load_library()
    name = library.match("mul8u_evo_layer*")[0]
    add_multiplier(library.entry(name), library.netlist(name), library=tmp_path / "evolved")
    layers = [keras.layers.Conv2D(4, 3, activation="relu"), keras.layers.Flatten()]
    model = keras.Sequential([keras.Input((8, 8, 1)), *layers, keras.layers.Dense(10)])
    data = load_dataset(DataConfig(dataset="digits"))
    table = tmp_path / "accuracy.csv"
    script.measure(model, data, network_operands(), [tmp_path / "evolved"], table)
    rows = pd.read_csv(table).set_index("name")
    assert set(rows.index) == {"mul8u_exact", "mul8u_trunc_a4_w4", name}
    assert rows["group"][name] == "evolved"
    assert rows["own_power"]["mul8u_exact"] == 1
    assert np.isfinite(rows["validation_cross_entropy"]).all()
    assert np.isfinite(rows["test_accuracy"]["mul8u_exact"])
    script.draw(table, tmp_path / "accuracy.svg")
    assert (tmp_path / "accuracy.svg").stat().st_size > 1000
