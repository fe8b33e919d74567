import numpy as np
import pandas as pd
import pytest

from evoapproxnas.errors import ConfigError
from evoapproxnas.report.resilience_figure import (
    _width,
    save_assignment_figure,
    save_sweep_figure,
)


def sweep_frame(kinds):
    rng = np.random.default_rng(0)
    rows = len(kinds)
    return pd.DataFrame(
        {
            "kind": kinds,
            "multiplier": [f"circuit{i}" for i in range(rows)],
            "weight_scheme": ["" if kind == "float" else "affine" for kind in kinds],
            "bits": [32 if kind == "float" else 8 for kind in kinds],
            "error_correction": [True if kind == "circuit" else None for kind in kinds],
            "accuracy": rng.random(rows),
            "energy_nj": [np.nan if kind == "float" else 1 + i for i, kind in enumerate(kinds)],
            "screened": [kind == "circuit" and i % 3 == 0 for i, kind in enumerate(kinds)],
        }
    )


@pytest.mark.parametrize(
    "kinds", [["float", "exact"], ["float", "exact", "narrow", *["circuit"] * 30]]
)
def test_sweeps_are_drawn_whatever_they_hold(kinds, tmp_path):
    save_sweep_figure(sweep_frame(kinds), tmp_path / "sweep.png", title="a title")
    assert (tmp_path / "sweep.png").stat().st_size > 5000


def test_assignments_are_drawn_with_and_without_test_accuracy(tmp_path):
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "id": ["a000", "a001", "a002"],
            "front": [True, False, True],
            "accuracy": rng.random(3),
            "test_accuracy": [0.5, np.nan, np.nan],
            "energy_nj": [3.0, 2.0, 1.0],
        }
    )
    save_assignment_figure(frame, tmp_path / "with.svg")
    save_assignment_figure(frame.assign(test_accuracy=np.nan), tmp_path / "without.svg")
    with pytest.raises(ConfigError, match="cannot write figure"):
        save_assignment_figure(frame, tmp_path / "wrong.ending")


def test_unequal_widths_are_written_out():
    rows = [{"bits": 6, "multiplier": "mul8u_exact_a6w4"}, {"bits": 4}]
    assert [_width(row) for row in rows] == ["6x4 bit", "4 bit"]
