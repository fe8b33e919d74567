"""`hardware show`, as a user types it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evoapproxnas.cli.app import app
from evoapproxnas.config import load_config
from evoapproxnas.errors import ConfigError, UnknownNameError
from evoapproxnas.search import run_campaign, search
from tests.fakes import FakeExecutor, Recorder, tiny_run


def _show(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["hardware", "show", *arguments])
    if result.exception:
        raise result.exception
    return result.stdout


def test_multiplier_energy_stands_beside_system_energy():
    shown = json.loads(_show("resnet8", "--accelerator", "eyeriss_like", "--json"))
    totals, layers = shown["totals"], shown["layers"]
    assert sum(row["system_nj"] for row in layers) == pytest.approx(totals["system_energy_nj"])
    assert sum(row["multiplier_nj"] for row in layers) == pytest.approx(
        totals["multiplier_energy_nj"]
    )
    assert totals["multiplier_share"] == pytest.approx(
        totals["exact_multiplier_energy_nj"] / totals["exact_system_energy_nj"]
    )
    text = _show("resnet8", "--accelerator", "eyeriss_like")
    assert "touches 4.6% of this system's energy" in text


def test_a_multiplier_may_have_narrower_operands():
    narrow = json.loads(_show("resnet8", "--multiplier", "mul8u_exact@a6w4", "--json"))
    exact = json.loads(_show("resnet8", "--multiplier", "mul8u_exact", "--json"))
    assert narrow["totals"] == exact["totals"]  # Whatever it is fed, its own energy counts.
    with pytest.raises(UnknownNameError, match="mul8u_exact"):
        _show("resnet8", "--multiplier", "mul8u_exakt@a6w4")


def test_bars_are_drawn(tmp_path: Path):
    file = tmp_path / "bars.png"
    _show("resnet8", "-o", str(file))
    assert file.stat().st_size > 10_000


def test_what_is_no_network_or_accelerator_is_said():
    with pytest.raises(ConfigError, match=r"expected a \.keras file, RUN:ID, or one of resnet8"):
        _show("resnet9")
    with pytest.raises(UnknownNameError, match="did you mean 'microcontroller'"):
        _show("resnet8", "--accelerator", "microcontroler")


def test_control_variates_are_not_free(tmp_path):
    run = tiny_run(tmp_path / "run", "quantization.control_variate=true")
    run_campaign(run, FakeExecutor(), Recorder())
    with pytest.raises(ConfigError, match="run run has control variates, and accelerators have"):
        _show("run:g00-00", "--runs-dir", str(tmp_path))


@pytest.mark.parametrize("problem", ["cnn", "nasbench201"])
def test_points_are_shown_on_their_own_accelerator(problem, tmp_path, made_table):
    """Nobody has to name it."""
    settings = [
        *("search.objectives=['error', 'edp']", "search.population=4", "search.generations=0"),
        *("hardware.search=genes", "hardware.rows=[8, 16]", "hardware.dataflows=['any']"),
    ]
    if problem == "cnn":
        run = tiny_run(tmp_path / "run", *settings)
        run_campaign(run, FakeExecutor(), Recorder())
    else:
        table = [f"data.data_dir={made_table.path.parents[1]}"]
        table += [f"tabular.sha256={made_table.sha256}", "execution.executor=inline"]
        config = load_config(settings=["problem=nasbench201", *table, *settings])
        run = search(config, name="run", runs_dir=tmp_path)
    for row in run.front().to_dict("records"):
        place = ("--runs-dir", str(tmp_path))
        totals = json.loads(_show(f"run:{row['id']}", "--json", *place))["totals"]
        assert totals["accelerator"] == row["accelerator"]
        assert totals["edp"] == pytest.approx(row["edp"])
        assert totals["multiplier_energy_nj"] == pytest.approx(row["energy_nj"])
    other = json.loads(_show(f"run:{row['id']}", "--json", "--accelerator=eyeriss", *place))
    assert other["totals"]["accelerator"] == "eyeriss"
    shown = CliRunner().invoke(app, ["show", "run", row["id"], *place]).stdout
    assert row["accelerator"] in shown
    assert "energy_nj" in shown
