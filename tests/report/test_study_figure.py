import numpy as np
import pandas as pd
import pytest

from evoapproxnas.report.networks_figure import save_networks_figure
from evoapproxnas.report.resilience_figure import best_circuits, measured_alike
from evoapproxnas.report.study_figure import save_study_figure

SWEEP = pd.DataFrame(
    {
        "kind": ["float", "exact", "narrow", *["circuit"] * 5],
        "weight_scheme": ["", *["sign_magnitude"] * 6, "symmetric"],
        "bits": [32, 8, 6, *[8] * 5],
        "accuracy": [0.9, 0.89, 0.88, 0.88, 0.86, 0.84, 0.5, 0.1],
        "loss_points": [np.nan, 0, 1, 1, 3, 5, 39, 79],
        "energy_nj": [np.nan, 10.0, 5.0, 8.0, 6.0, 4.0, 2.0, 1.0],
        "relative_energy": [np.nan, 1.0, 0.5, 0.8, 0.6, 0.4, 0.2, 0.1],
        "screened": [False] * 7 + [True],
    }
)
FRONT = pd.DataFrame({"relative_energy": [1.0, 0.5, 0.3], "test_accuracy": [0.89, 0.885, 0.87]})
RETRAINED = pd.DataFrame(
    {
        "id": ["a001", "a001"],
        "relative_energy": [0.3, 0.3],
        "accuracy": [0.88, 0.89],
        "test_accuracy_before": [0.87, 0.87],
        "test_accuracy": [0.88, 0.885],
    }
)


@pytest.mark.parametrize("fronts", [(), (FRONT,), (FRONT, FRONT)])
@pytest.mark.parametrize("retrained", [None, RETRAINED])
def test_a_study_is_drawn_whatever_it_holds(fronts, retrained, tmp_path):
    save_study_figure(SWEEP, fronts, retrained, tmp_path / "study.png", title="a title")
    assert (tmp_path / "study.png").stat().st_size > 5000


def test_networks_are_drawn_side_by_side(tmp_path):
    one = SWEEP.drop(index=2)  # without fewer bits
    save_networks_figure({"small": SWEEP, "large": one}, tmp_path / "networks.png")
    assert (tmp_path / "networks.png").stat().st_size > 5000


def test_one_weight_scheme_is_drawn_at_a_time():
    alike = measured_alike(SWEEP)
    assert list(alike["kind"].unique()) == ["float", "exact", "narrow", "circuit"]
    assert set(alike["weight_scheme"]) == {"", "sign_magnitude"}


def test_the_best_circuits_come_by_energy_and_without_those_given_up():
    best = best_circuits(SWEEP.assign(accuracy=[0.9, 0.89, 0.88, 0.86, 0.87, 0.84, 0.5, 0.99]))
    assert list(best["energy_nj"]) == [2.0, 4.0, 6.0]
