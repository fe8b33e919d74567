"""The README is executed: its code runs, its commands are the ones CI runs."""

import re
import shlex
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.parametrize("code", blocks("python"))
def test_code_runs(code, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102
    assert "mul8u_exact: MAE 0.000 %" in capsys.readouterr().out


def test_ci_runs_the_test_command_word_for_word():
    (command,) = [line for line in README.splitlines() if line.endswith("python -m pytest -n 2")]
    assert command in (ROOT / ".ci" / "run").read_text().splitlines()


def test_figures_and_folders_exist():
    linked = re.findall(r"\]\(([^)#:]+)\)|src=\"([^\"]+)\"", README)
    for path in filter(None, (name for pair in linked for name in pair)):
        assert (ROOT / path).exists(), path


def test_every_command_is_one():
    from evoapproxnas.cli.app import app

    names = {c.name or c.callback.__name__ for c in app.registered_commands}
    names |= {group.name for group in app.registered_groups}
    used = set(re.findall(r"python -m evoapproxnas ([a-z]+)", README))
    assert used <= names


def commands():
    lines = [line for block in blocks("sh") for line in block.splitlines()]
    return [line for line in lines if line.startswith("python -m evoapproxnas")]


@pytest.mark.parametrize("line", commands())
def test_commands_are_understood(line):
    from typer.main import get_command

    from evoapproxnas.cli.app import app

    command, words = get_command(app), shlex.split(line.partition(" > ")[0], comments=True)[3:]
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    with command.make_context(line, words):
        pass


def test_figures_of_the_reference_run_are_those_in_its_front():
    front = pd.read_csv(ROOT / "runs" / "cifar10-reference" / "front.csv")
    best = front.loc[front["test_accuracy"].idxmax()]
    names = ("test_accuracy", "test_exact8_accuracy", "test_float_accuracy")
    for share in (best[name] for name in names):
        assert f"{100 * share:.1f} %" in README
    assert f"at {best['relative_energy']:.2f} of the multiplier energy" in README
