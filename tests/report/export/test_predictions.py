"""What networks of a run say of images; here, as this folder has a run whose weights are kept."""

import runpy
import sys

import pandas as pd
import pytest

from evoapproxnas.report.predictions import run_predictions
from tests.readme.documents import ROOT


def test_predictions_are_those_that_the_run_measured(run, member):
    said = run_predictions(run, member)
    found = {kind: (x.argmax(axis=1) == said.labels).mean() for kind, x in said.logits.items()}
    front = run.front().set_index("id").loc[member]
    measured = {
        "approximate": front["test_accuracy"],
        "exact 8-bit": front["test_exact8_accuracy"],
        "float": front["test_float_accuracy"],
    }
    assert found == pytest.approx(measured)


def test_the_script_draws_confusion(run, member, tmp_path, monkeypatch):
    output, data = tmp_path / "confusion.svg", tmp_path / "confusion.csv"
    words = ["confusion.py", str(run.path), member, "-o", str(output), "--data", str(data)]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / "plots" / "confusion.py"), run_name="__main__")
    assert not ended.value.code
    assert output.stat().st_size > 1000
    assert set(pd.read_csv(data)["network"]) == {"exact 8-bit", "approximate"}
