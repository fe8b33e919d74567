import numpy as np
import pandas as pd
import pytest

from evoapproxnas.report.data import front_frame, progress_bands, progress_frame


def test_hypervolume_grows_towards_one(seeds):
    table = progress_frame(seeds)
    for _, run in table.groupby("run"):
        assert run["hypervolume"].is_monotonic_increasing
        assert run["evaluation"].is_monotonic_increasing
    assert table["hypervolume"].between(0, 1).all()
    assert set(table.attrs["reference"]) == {"error", "cost"}
    last = table.groupby("run")["front_size"].last()
    fronts = front_frame(seeds).drop_duplicates(["run", "error", "cost"])
    assert (last == fronts.groupby("run").size()).all()


def test_a_reference_can_be_given(seeds):
    near = progress_frame(seeds, reference=(0.1, 10))
    assert near.attrs["reference"] == {"error": 0.1, "cost": 10.0}
    assert (near["hypervolume"] <= 1).all()


def test_bands_are_quartiles_up_to_the_first_end():
    table = pd.DataFrame(
        {
            "run": ["a", "a", "b", "b", "b"],
            "group": "g",
            "evaluation": [1, 2, 1, 2, 3],
            "hypervolume": [0.2, 0.4, 0.4, 0.8, 0.9],
        }
    )
    bands = progress_bands(table)
    assert bands["evaluation"].tolist() == [1, 2]
    assert np.allclose(bands["median"], [0.3, 0.6])
    assert np.allclose(bands["low"], [0.25, 0.5])
    assert set(bands["runs"]) == {2}


def test_nothing_and_failures_have_no_volume(empty, failed, seeds):
    assert progress_frame([empty]).empty
    assert progress_bands(progress_frame([empty])).empty
    table = progress_frame([failed])
    assert set(table["hypervolume"]) == {0.0}
    assert progress_frame([failed, *seeds])["hypervolume"].max() > 0


def test_a_constant_objective_has_a_volume(networks):
    table = progress_frame([networks])
    assert table["hypervolume"].iloc[-1] == pytest.approx(table["hypervolume"].max())
    assert table["hypervolume"].iloc[-1] > 0
