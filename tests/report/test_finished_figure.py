import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from evoapproxnas.errors import ConfigError
from evoapproxnas.report.finished_figure import draw_finished, save_finished_figure

ROOT = Path(__file__).parents[2]
TABLE = pd.DataFrame(
    [
        ("g00-01-p2", "approximate", 0.88, 1200.0, 12_500_000),
        ("g00-01-p3", "approximate", 0.87, 750.0, 12_500_000),
        ("g03-05-p1", "approximate", 0.86, 900.0, 8_000_000),
        ("g00-01-a8w8", "exact a8w8", 0.89, 4900.0, 12_500_000),
        ("g00-01-a4w4", "exact a4w4", 0.84, 900.0, 12_500_000),
    ],
    columns=["id", "kind", "test_accuracy", "energy_nj", "macs"],
)


def test_every_point_is_there_and_fronts_are_lines():
    beside = {"drawn by hand": pd.DataFrame({"energy_nj": [1200.0], "test_accuracy": [0.872]})}
    figure = draw_finished(TABLE, beside=beside)
    (axes,) = figure.axes
    assert sum(len(c.get_offsets()) for c in axes.collections) == len(TABLE) + 1
    lines = {line.get_label(): line.get_xdata().tolist() for line in axes.lines}
    assert lines["approximate multipliers"] == [750.0, 1200.0]
    assert lines["exact, fewer bits"] == [900.0, 4900.0]
    legend = {text.get_text() for text in figure.legends[0].get_texts()}
    assert {"g00-01, 12.5 MMAC", "g03-05, 8.0 MMAC", "drawn by hand"} <= legend
    assert {text.get_text() for text in axes.texts} == {"a8w8", "a4w4"}


def test_nothing_finished_is_an_error(tmp_path):
    with pytest.raises(ConfigError, match="nothing is finished"):
        save_finished_figure(TABLE.iloc[:0], tmp_path / "a.png")


def test_the_script_draws_what_is_finished(tmp_path, monkeypatch):
    code = f"""
import sys
from types import SimpleNamespace
import evoapproxnas as ea
from tests.report.test_finished_figure import TABLE
ea.load_run = lambda path, read_only: SimpleNamespace(finished=lambda: TABLE)
sys.argv = ["finished.py", "RUN", "--study", "ResNet-8=runs/cifar10-resnet8/assign-0",
            "-o", {str(tmp_path / "a.svg")!r}]
exec(open("plots/finished.py").read())
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    assert "ResNet-8, retrained" in (tmp_path / "a.svg").read_text()
