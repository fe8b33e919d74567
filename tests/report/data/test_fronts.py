import numpy as np
import pandas as pd
import pytest

from evoapproxnas.errors import ConfigError
from evoapproxnas.report.data import attainment_frame, baseline_frame, front_frame, points_frame
from evoapproxnas.report.data.points import finite


def test_points_know_their_run_and_their_figures(seeds, networks):
    table = points_frame([*seeds, networks])
    assert table.groupby("run").size()[networks.name] == len(networks.evaluations())
    own = table[table["run"] == networks.name]
    assert np.allclose(own["accuracy"], 1 - own["error"])
    assert own.loc[own["on_front"], "id"].tolist() == sorted(networks.front()["id"])
    assert own["cost"].isna().all()
    assert table.loc[table["run"] != networks.name, "cost"].notna().all()


def test_the_front_is_that_of_the_run(three):
    front = front_frame([three])
    assert set(front["id"]) == set(three.front()["id"])
    assert front.attrs["objectives"] == {"error": "min", "cost": "min", "spare": "max"}


def test_any_figures_make_a_front_and_the_test_selects_nothing(networks):
    front = front_frame([networks])
    assert list(front.attrs["objectives"]) == ["test_accuracy", "energy_nj"]
    assert set(front["id"]) == set(networks.front()["id"])
    other = front_frame([networks], ["macs", "parameters"], points=True)
    members = other[other["member"]]
    assert 0 < len(members) < len(other)
    assert members["macs"].min() == other["macs"].min()


def test_copies_have_no_part_and_limits_hold(seeds):
    front = front_frame(seeds, points=True)
    assert not front["copied"].any()
    assert (front.groupby("run")["member"].sum() > 0).all()


def test_baselines_stand_where_they_are_known(networks):
    front = front_frame([networks])
    table = baseline_frame(front)
    exact = table[table["kind"] == "exact 8-bit"].merge(front, on="id", suffixes=("", "_own"))
    assert len(exact) == len(front)
    assert (exact["energy_nj"] >= exact["energy_nj_own"]).all()
    assert set(exact["test_accuracy"]) == {0.6}
    assert set(table.loc[table["kind"] == "float", "test_accuracy"]) == {0.7}
    sizes = baseline_frame(front_frame([networks], ["macs", "relative_energy"]))
    assert set(sizes["relative_energy"]) == {1.0}
    assert baseline_frame(front_frame([networks], ["macs", "number"])).empty


def test_attainment_lies_between_the_runs(seeds, three):
    front = front_frame(seeds)
    table = attainment_frame(front, shares=(1 / 3, 2 / 3, 1.0))
    assert set(table["group"]) == {"search, 3 seeds"}
    best = table[np.isclose(table["share"], 1 / 3)]
    assert best["error"].min() == front["error"].min()
    worst = table[np.isclose(table["share"], 1.0)]
    assert worst["error"].min() == front.groupby("run")["error"].min().max()
    assert attainment_frame(front_frame(seeds[:1])).empty
    with pytest.raises(ConfigError, match="two objectives"):
        attainment_frame(front_frame([three]))


def test_what_is_maximized_is_attained_from_below(three):
    front = front_frame([three], ["spare", "cost"])
    twice = pd.concat([front, front.assign(run="other")], ignore_index=True).assign(group="both")
    twice.attrs = front.attrs
    table = attainment_frame(twice, shares=(0.5,))
    assert table["spare"].max() == front["spare"].max()


def test_empty_runs_and_missing_figures(empty, failed, seeds):
    assert points_frame([empty, failed]).empty
    assert front_frame([empty]).empty
    assert attainment_frame(front_frame([empty])).empty
    assert baseline_frame(front_frame([empty])).empty
    table = points_frame(seeds[:1])
    holes = table.assign(cost=table["cost"].where(table.index > 0, np.nan))
    assert len(finite(holes, ["cost"])) == len(table) - 1
