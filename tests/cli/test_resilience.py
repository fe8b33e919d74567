"""`sweep` and `assign` as a user types them."""

import json

import keras
import pytest

from evoapproxnas.errors import EvoApproxNASError
from tests.cli.invoking import invoke

LAYERS = keras.layers


@pytest.fixture(scope="module")
def model_file(tmp_path_factory):
    keras.utils.set_random_seed(0)
    layers = [LAYERS.Conv2D(4, 3, name="conv"), LAYERS.Flatten(), LAYERS.Dense(10)]
    path = tmp_path_factory.mktemp("models") / "small.keras"
    keras.Sequential([keras.Input((8, 8, 1)), LAYERS.Rescaling(1 / 255), *layers]).save(path)
    return path


def test_sweep_writes_rows_and_figure_and_prints_json(model_file, tmp_path):
    command = ["sweep", model_file, "--multipliers", "mul8u_or8_v6", "--images", 40]
    command += ["--bits", "4", "--error-correction", "both", "--operands", "network"]
    command += ["-o", tmp_path]
    printed = invoke(*command)
    assert "5/5  mul8u_or8_v6" in printed
    assert "under uniform operands)" in printed
    assert (tmp_path / "sweep.png").stat().st_size > 1000
    rows = json.loads(invoke(*command, "--json"))
    assert [row["kind"] for row in rows] == ["float", "exact", "narrow", "circuit", "circuit"]
    assert len((tmp_path / "sweep.csv").read_text().splitlines()) == 6


def test_assign_writes_front_assignments_and_figure(model_file, tmp_path):
    command = ["assign", model_file, "--multipliers", "mul8u_or9_*", "--images", 40]
    command += ["--per-channel", "--range-method", "percentile"]
    command += ["--sensitivity-images", 20, "--verify", 5, "--rounds", 2, "--population", 8]
    command += ["--generations", 3, "--test-images", 30, "-o", tmp_path]
    printed = invoke(*command)
    assert "sensitivity 3/3" in printed
    assert "Spearman rank correlation" in printed
    assert (tmp_path / "assign.png").stat().st_size > 1000
    rows = json.loads(invoke(*command, "--json"))
    assignments = json.loads((tmp_path / "assignments.json").read_text())
    assert [row["id"] for row in rows] == list(assignments)


def test_assign_in_groups_writes_operating_points(model_file, tmp_path):
    command = ["assign", model_file, "--multipliers", "mul8u_or9_*", "--images", 40]
    command += ["--sensitivity-images", 20, "--verify", 6, "--rounds", 2, "--population", 8]
    command += ["--generations", 3, "--test-images", 30, "--max-loss", 100, "-o", tmp_path]
    printed = invoke(*command, "--groups", 2, "--operating-points", 1)
    assert "groups 2/2  group of conv with mul8u_or9" in printed
    assert "high" in printed
    assert len(json.loads((tmp_path / "channels.json").read_text())["conv"]) == 2
    assert (tmp_path / "operating_points.keras").stat().st_size > 1000
    with pytest.raises(EvoApproxNASError, match="3 groups do not divide .* 1, 2, 4"):
        invoke(*command[:-1], tmp_path / "other", "--groups", 3)


@pytest.mark.parametrize("command", ["sweep", "assign"])
def test_files_that_are_no_model_are_explained(command, tmp_path):
    weights = tmp_path / "mine.weights.h5"
    weights.write_bytes(b"")
    text = tmp_path / "text.keras"
    text.write_text("not a model")
    for path, message in [
        (weights, "holds weights alone"),
        (text, "cannot load .* as a Keras model"),
        (tmp_path / "absent.keras", "there is no model"),
    ]:
        with pytest.raises(EvoApproxNASError, match=message):
            invoke(command, path, "-o", tmp_path / "out")
        assert not (tmp_path / "out").exists()


def test_options_that_make_no_sense_are_refused(model_file, tmp_path):
    with pytest.raises(EvoApproxNASError, match="no multiplier matches the pattern"):
        invoke("assign", model_file, "--multipliers", "mul8q*", "-o", tmp_path / "out")
    with pytest.raises(EvoApproxNASError, match="'test' or 'validation'"):
        invoke("sweep", model_file, "--split", "training")
    with pytest.raises(AssertionError, match="expected operand widths"):
        invoke("sweep", model_file, "--bits", "seven")
