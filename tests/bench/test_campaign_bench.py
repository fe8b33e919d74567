"""`bench campaign`: configurations that differ in one mechanism, and hypervolumes over time."""

import json

import pytest
from typer.testing import CliRunner

from evoapproxnas.bench.campaign import MECHANISMS, Found, Trace, compare, variants
from evoapproxnas.cli.app import app
from evoapproxnas.config import load_config
from evoapproxnas.constraints import Limit
from evoapproxnas.errors import ConfigError, UnknownNameError
from evoapproxnas.problems import make_problem

LIMITS = (Limit("error", "min", 0.5),)


def trace(variant, *found, seed=0, seconds=10.0):
    points = tuple(Found(t, {"error": e, "energy_nj": nj}) for t, e, nj in found)
    return Trace(variant, seed, seconds, len(found), len(found), 1.0, points)


def rows(*traces, limits=LIMITS):
    found = compare(traces, objectives=("error", "energy_nj"), limits=limits)
    return {row["variant"]: row for row in found.variants}


@pytest.mark.parametrize("preset", ["digits", "cifar10", "paper"])
def test_every_variant_is_a_configuration_that_differs(preset):
    config = load_config(preset=preset)
    found = variants(config)
    assert [v.name for v in found[:2]] == ["all", "none"]
    of_warm_starts = 0 if config.search.init else 2
    of_rungs = 0 if config.rungs.passes else 2
    assert len(found) == 2 + len(MECHANISMS) - of_warm_starts - of_rungs
    for variant in found[2:]:
        assert variant.config != config
        assert variant.name.split()[1] in MECHANISMS


def test_none_has_no_mechanism_left():
    none = variants(load_config(preset="cifar10"), [])[1].config
    search = none.search
    assert not any([none.rungs.passes, search.init, search.operators, search.reject])
    inheritance = none.inheritance
    assert not any([inheritance.enabled, inheritance.init_first, none.assignment.enabled])
    assert none.training.epochs == 8, "all is trained to the last rung"


def test_variants_of_the_digits_can_be_searched():
    for variant in variants(load_config(preset="digits")):
        make_problem(variant.config).warm_starts()


def test_an_unknown_mechanism_is_refused():
    with pytest.raises(UnknownNameError, match="did you mean 'rungs'"):
        variants(load_config(preset="digits"), ["rung"])


def test_a_mechanism_that_has_nothing_to_switch_is_refused():
    digits = load_config(preset="digits")
    for name in ("hurdle", "warm_start"):
        with pytest.raises(ConfigError, match=f"'{name}' cannot be switched here"):
            variants(digits, [name])


def test_rungs_come_to_as_many_passes():
    (*_, rungs) = variants(load_config(preset="digits"), ["rungs"])
    assert rungs.config.rungs.passes == (3, 8, 20)
    (*_, rungs) = variants(load_config(preset="paper", settings=["training.epochs=1"]), ["rungs"])
    assert rungs.config.rungs.passes == (1,)


def test_hypervolume_is_a_share_of_the_box():
    found = rows(trace("all", (1, 0.25, 10.0), (2, 0.5, 1000.0)), trace("none", (1, 0.4, 100.0)))
    assert found["all"]["hypervolume"] == pytest.approx(0.5)  # Energies of 10 to 1,000 nJ.
    assert found["none"]["hypervolume"] == pytest.approx(0.2 * 0.5)
    assert found["all"]["to_none"] == pytest.approx(5.0)
    assert found["none"]["to_all"] == pytest.approx(0.2)


def test_only_what_was_found_in_the_time_of_the_shortest_counts():
    late = trace("all", (1, 0.4, 100.0), (9, 0.0, 10.0), seconds=9.0)
    found = rows(late, trace("none", (1, 0.4, 100.0), (2, 0.5, 1000.0), seconds=4.0))
    assert found["all"]["hypervolume"] == found["none"]["hypervolume"]


def test_the_time_until_what_none_has_at_the_end():
    quick = trace("all", (1, 0.4, 100.0), (2, 0.1, 10.0))
    slow = trace("none", (5, 0.4, 100.0), (8, 0.5, 1000.0))
    found = rows(quick, slow)
    assert found["all"]["time_to_none"] == pytest.approx(0.1)
    assert found["none"]["time_to_none"] == pytest.approx(0.5)
    worse = rows(trace("all", (1, 0.45, 100.0)), trace("none", (5, 0.1, 10.0)))
    assert worse["all"]["time_to_none"] is None


def test_points_beyond_a_limit_are_worth_nothing_and_widen_no_box():
    found = rows(trace("all", (1, 0.9, 1.0)), trace("none", (1, 0.4, 10.0), (1, 0.1, 100.0)))
    assert found["all"]["hypervolume"] == 0
    assert found["none"]["hypervolume"] == pytest.approx(0.2)  # Energies of 10 to 100 nJ.
    tighter = (*LIMITS, Limit("error", "min", 0.9), Limit("energy_nj", "min", 50.0))
    assert rows(trace("all", (1, 0.1, 60.0)), limits=tighter)["all"]["hypervolume"] == 0
    within = rows(trace("all", (1, 0.3, 5.0), (1, 0.0, 50.0)), limits=tighter)
    assert within["all"]["hypervolume"] == pytest.approx(0.4)  # Energies of 5 to 50 nJ.


def test_campaigns_are_run_and_compared():
    command = ["bench", "campaign", "--set", "problem=synthetic", "--minutes", "0.05"]
    options = ["--seeds", "1", "--only", "reject", "--processes", "2", "--json"]
    result = CliRunner().invoke(app, [*command, *options])
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert {row["variant"] for row in found["variants"]} == {"all", "none", "with reject"}
    for row in found["campaigns"]:
        assert row["candidates"] > 0
        assert row["hypervolume"] > 0


def bench(folder, *options):
    command = ["bench", "campaign", "--set", "problem=synthetic", "--no-alone", "--json"]
    return CliRunner().invoke(app, [*command, "--processes", "2", "-o", str(folder), *options])


def candidates(result):
    rows = json.loads(result.stdout)["campaigns"]
    return {(row["variant"], row["seed"]): row["candidates"] for row in rows}


def test_campaigns_that_are_done_are_kept_and_taken_again(tmp_path):
    first = bench(tmp_path, "--minutes", "0.03", "--seeds", "1")
    assert first.exit_code == 0, first.output
    (tmp_path / "none-0.json").unlink()
    more = bench(tmp_path, "--minutes", "0.03", "--seeds", "2")
    assert more.exit_code == 0, more.output
    assert candidates(more)["all", 0] == candidates(first)["all", 0]
    kept = {path.name for path in tmp_path.glob("*-?.json")}
    assert kept == {"all-0.json", "none-0.json", "all-1.json", "none-1.json"}


def test_campaigns_of_another_time_are_not_compared(tmp_path):
    assert bench(tmp_path, "--minutes", "0.02", "--seeds", "1").exit_code == 0
    other = bench(tmp_path, "--minutes", "0.03", "--seeds", "1")
    assert other.exit_code == 1
    assert "minutes was 0.02, now 0.03" in str(other.exception)


def test_a_damaged_campaign_is_named(tmp_path):
    assert bench(tmp_path, "--minutes", "0.02", "--seeds", "1").exit_code == 0
    (tmp_path / "all-0.json").write_text("{}")
    damaged = bench(tmp_path, "--minutes", "0.02", "--seeds", "1")
    assert damaged.exit_code == 1
    assert "all-0.json" in str(damaged.exception)
