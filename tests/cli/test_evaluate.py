"""`evaluate` of a model file."""

import json

import keras
import pytest

from evoapproxnas.errors import EvoApproxNASError
from tests.cli.invoking import invoke


@pytest.fixture(scope="module")
def model_file(tmp_path_factory):
    keras.utils.set_random_seed(0)
    layers = [keras.Input((8, 8, 1)), keras.layers.Conv2D(4, 3), keras.layers.Flatten()]
    path = tmp_path_factory.mktemp("models") / "small.keras"
    keras.Sequential([*layers, keras.layers.Dense(10)]).save(path)
    return path


def test_evaluate_compares_with_float_and_exact8(model_file):
    command = ["evaluate", model_file, "--multiplier", "mul8u_exact", "--images", 50, "--json"]
    names = [row["multiplier"] for row in json.loads(invoke(*command))]
    assert names == ["float", "mul8u_exact"]
    command = ["evaluate", model_file, "--multiplier", "mul8u_or8_v6@a6w6", "--per-channel"]
    rows = json.loads(invoke(*command, "--images", 50, "--json"))
    assert [row["multiplier"] for row in rows][2:] == ["mul8u_or8_v6@a6w6"]
    assert set(rows[2]) == {
        "multiplier", "weight_scheme", "accuracy", "loss_vs_exact8", "relative_energy"
    }  # fmt: skip


def test_evaluate_explains_what_does_not_fit(model_file, tmp_path):
    with pytest.raises(EvoApproxNASError, match="whole model"):
        invoke("evaluate", tmp_path / "absent.keras", "--multiplier", "exact8")
    other = tmp_path / "other.keras"
    keras.Sequential([keras.Input((9, 9, 1)), keras.layers.Flatten()]).save(other)
    with pytest.raises(EvoApproxNASError, match=r"shape \(9, 9, 1\).*digits"):
        invoke("evaluate", other, "--multiplier", "exact8")
    with pytest.raises(EvoApproxNASError, match="mul8q"):
        invoke("evaluate", model_file, "--multiplier", "mul8q*")
