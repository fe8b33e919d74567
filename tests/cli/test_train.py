import csv
import json
from functools import partial

import keras
import pytest

import evoapproxnas.training
from evoapproxnas.config import DataConfig
from evoapproxnas.errors import ConfigError, UnknownNameError
from evoapproxnas.training import accuracy, load_dataset
from tests.cli.invoking import invoke as cli

SMALL = ("--dataset", "digits", "--train-images", "300", "--epochs", "2", "--batch-size", "50")


@pytest.fixture(autouse=True)
def tensorflow_runs_already(monkeypatch):
    monkeypatch.setattr("evoapproxnas.cli.quiet.start_tensorflow_quietly", lambda **_: None)


invoke = partial(cli, "train")


def interrupted(folder, monkeypatch):
    """Press Ctrl-C after the first epoch."""
    fit = evoapproxnas.training.fit

    def dying(*args, on_epoch, **options):
        def stop(record):
            on_epoch(record)
            raise KeyboardInterrupt

        return fit(*args, on_epoch=stop, **options)

    with monkeypatch.context() as patch:
        patch.setattr(evoapproxnas.training, "fit", dying)
        return invoke("resnet8", *SMALL, "-o", folder, code=130)


def test_interrupted_resumed_and_saved(tmp_path, monkeypatch):
    folder = tmp_path / "mine"
    assert "--resume" in interrupted(folder, monkeypatch)
    assert not (folder / "model.keras").exists()
    with pytest.raises(ConfigError, match="add --resume to go on"):
        invoke("resnet8", *SMALL, "-o", folder)
    (folder / "log.csv").unlink()  # As if killed before the line was written.
    output = invoke("resnet8", *SMALL, "-o", folder, "--resume")
    assert "epoch   2/2" in output
    assert "in exact 8-bit" in output
    with (folder / "log.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["epoch"] for row in rows] == ["1", "2"]
    metrics = json.loads((folder / "metrics.json").read_text())
    assert metrics["val_accuracy"] == max(float(row["val_accuracy"]) for row in rows)
    assert {"exact8_test_accuracy", "seconds", "seed", "training", "environment"} <= set(metrics)
    model = keras.saving.load_model(folder / "model.keras", safe_mode=True)
    data = load_dataset(DataConfig())
    assert accuracy(model, data.x_test, data.y_test) == metrics["test_accuracy"]


def test_a_teacher_is_learned_from(tmp_path):
    for name, options in (("one", ()), ("two", ("--teacher", tmp_path / "one" / "model.keras"))):
        invoke("resnet8", *SMALL, "-o", tmp_path / name, *options, "--temperature", 4)
    metrics = json.loads((tmp_path / "two" / "metrics.json").read_text())
    assert metrics["teacher"].endswith("model.keras")
    assert metrics["training"]["distillation_temperature"] == 4.0
    assert metrics["training"]["precision"] in {"float32", "bfloat16"}
    with pytest.raises(ConfigError, match="there is no model"):
        invoke("resnet8", *SMALL, "-o", tmp_path / "three", "--teacher", tmp_path / "none.keras")


def test_what_cannot_be_trained_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(UnknownNameError, match="did you mean 'resnet8'"):
        invoke("resnet9", *SMALL, "-o", tmp_path / "a")
    with pytest.raises(UnknownNameError, match="did you mean 'digits'"):
        invoke("resnet8", "--dataset", "digitz", "-o", tmp_path / "a")
    with pytest.raises(ConfigError, match="training.schedule"):
        invoke("resnet8", *SMALL, "--schedule", "step", "-o", tmp_path / "a")
    with pytest.raises(ConfigError, match="nothing to resume"):
        invoke("resnet8", *SMALL, "-o", tmp_path / "a", "--resume")
    assert list(tmp_path.iterdir()) == []
