"""The command line as a whole: help, names, errors, output that goes nowhere."""

import json
import subprocess
import sys

import pytest

from evoapproxnas.cli.app import main
from evoapproxnas.errors import (
    EnvironmentBroken,
    EvoApproxNASError,
)
from tests.cli.invoking import invoke


def test_output_that_finds_no_space_is_an_error(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["evoapproxnas", "--version"])
    with open("/dev/full", "w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        with pytest.raises(SystemExit) as end:
            main()
    assert end.value.code == 1
    assert "cannot print: No space left on device; free some space" in capsys.readouterr().err


def test_names_that_do_not_exist_suggest_others():
    with pytest.raises(EvoApproxNASError, match="mul8u_exact"):
        invoke("multipliers", "show", "mul8u_exat")
    with pytest.raises(EvoApproxNASError, match="or 'mae_pct'"):
        invoke("multipliers", "list", "--sort", "mae")


def test_main_prints_one_line_for_our_errors(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["evoapproxnas", "show", "nothing", "--runs-dir", "/absent"])
    with pytest.raises(SystemExit, match="1"):
        main()
    error = capsys.readouterr().err
    assert error.startswith("error: no run folder")
    assert "Traceback" not in error


def test_a_reader_that_is_gone_is_no_error(runs):
    command = [sys.executable, "-m", "evoapproxnas", "show", "first", "--runs-dir", str(runs)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_main_prints_messages_as_they_are(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["evoapproxnas", "show", "[/x]\x1b[1m", "--runs-dir", "/no"])
    with pytest.raises(SystemExit, match="1"):
        main()
    assert r"[/x]\x1b[1m" in capsys.readouterr().err


@pytest.mark.parametrize("code", [0, 3, None])
def test_a_module_that_ends_the_program_is_no_success(monkeypatch, code):
    monkeypatch.setattr("evoapproxnas.store.load_run", lambda *_, **__: sys.exit(code))
    with pytest.raises(EnvironmentBroken, match=f"test_app.py, line .*exit code {code}"):
        invoke("show", "first")


def test_help_names_every_command():
    output = invoke("--help")
    for command in ("run", "resume", "show", "plot", "multipliers", "evaluate"):
        assert command in output


def test_multipliers_are_listed_and_shown():
    rows = json.loads(invoke("multipliers", "list", "mul8u_*", "--json"))
    assert len(rows) >= 12
    assert rows == sorted(rows, key=lambda row: row["power_uw"])
    shown = json.loads(invoke("multipliers", "show", "exact8", "--json"))
    assert shown["mae_pct"] == 0
    assert len(shown["digest"]) == 64
    assert "relative_power" in invoke("multipliers", "show", "exact8")
