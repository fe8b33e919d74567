"""`show` and `plot` of a run."""

import json
import shlex
import shutil
import sqlite3
import subprocess
import sys

import pandas as pd
import pytest
from typer.testing import CliRunner

from evoapproxnas.cli.app import app
from evoapproxnas.errors import StoreError
from evoapproxnas.store import load_run
from tests.cli.invoking import invoke


def test_show_prints_front_candidate_failures_and_json(runs):
    rows = json.loads(invoke("show", "first", "--json", "--runs-dir", runs))
    assert rows == json.loads(pd.read_csv(runs / "first/front.csv").to_json(orient="records"))
    assert "Pareto front of first" in invoke("show", "first", "--runs-dir", runs)
    assert "MACs" in invoke("show", "first", rows[0]["id"], "--runs-dir", runs)
    assert len(json.loads(invoke("show", "first", "--all", "--json", "--runs-dir", runs))) >= 8
    assert json.loads(invoke("show", "first", "--failures", "--json", "--runs-dir", runs)) == []


def test_where_there_is_nothing_to_show_it_says_so(runs):
    assert load_run(runs / "first").config.rungs.passes == ()
    told = {
        flag: invoke("show", "first", flag, "--runs-dir", runs)
        for flag in ("--failures", "--rungs")
    }
    assert told["--failures"] == "no candidate of first failed\n"
    assert told["--rungs"] == (
        "no candidate of first was trained to two rungs: it has none (rungs.passes)\n"
    )


def test_show_prints_a_candidate_as_json_too(runs):
    run = load_run(runs / "first")
    point = run.front()["id"][0]
    told = json.loads(invoke("show", "first", point, "--json", "--runs-dir", runs))
    assert told["meaning"] == run.network(point).to_dict()
    (row,) = [row for row in told["points"] if row["id"] == point]
    assert row["error"] == pytest.approx(run.front()["error"][0])
    with pytest.raises(StoreError, match="no candidate g77-00") as caught:
        invoke("show", "first", "g77-00", "--json", "--runs-dir", runs)
    words = shlex.split(str(caught.value).split("see all with: ")[1])
    assert point in invoke(*words[3:])


def test_plot_draws_several_runs(runs, tmp_path):
    invoke("plot", "first", "first", "-o", tmp_path / "x.svg", "--runs-dir", runs)
    assert (tmp_path / "x.svg").is_file()


def test_reasons_are_shown_as_they_are(runs, tmp_path):
    shutil.copytree(runs / "first", tmp_path / "first")
    reason = "[/red] \x1b]0;title\x07 [bold]layer[/]"
    with sqlite3.connect(tmp_path / "first" / "campaign.sqlite") as connection:
        row = ("raised", reason, "", 1.0, "2026-01-01")
        connection.execute("INSERT INTO failures VALUES (7, 0, 0, ?, ?, ?, '{}', ?, ?)", row)
    connection.close()
    shown = invoke("show", "first", "--failures", "--runs-dir", tmp_path)
    assert r"[/red] \x1b]0;title\x07 [bold]layer[/]" in shown
    (row,) = json.loads(invoke("show", "first", "--failures", "--json", "--runs-dir", tmp_path))
    assert row["reason"] == reason


def test_show_needs_no_matplotlib_and_no_tensorflow(runs):
    code = (
        "import sys; from evoapproxnas.cli.app import app\n"
        "try: app(sys.argv[1:])\n"
        "except SystemExit as end: assert not end.code\n"
        "assert not {'matplotlib', 'tensorflow', 'numba', 'sklearn'} & set(sys.modules), "
        "sorted(sys.modules)"
    )
    for arguments in (
        ["show", "first", "--runs-dir", str(runs)],
        ["multipliers", "list", "mul8u_or8*"],
    ):
        subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True)


@pytest.mark.parametrize("given", [["--failures", "--rungs"], ["g00-00", "--all"]])
def test_show_shows_one_thing_at_a_time(runs, given):
    result = CliRunner().invoke(app, ["show", "first", *given, "--runs-dir", str(runs)])
    assert result.exit_code == 2
    assert f"choose one of {', '.join(given)}" in " ".join(result.stderr.replace("│", "").split())
