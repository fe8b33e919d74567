"""The README is executed: its code runs, its test command is the one CI runs."""

import re

import pandas as pd
import pytest

from tests.readme.documents import ROOT, commands_of

README = (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL))
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


def test_figures_of_the_reference_run_are_those_of_its_finish():
    finished = pd.read_csv(ROOT / "runs" / "cifar10-reference" / "finish" / "finish.csv")
    found = finished[(finished["kind"] == "approximate") & (finished["loss_points"] <= 1)]
    for most in (350, 750, 1200, 1250, 4900):
        within = found[found["energy_nj"] <= most]
        best = within.loc[within["test_accuracy"].idxmax()]
        begin = f"| {most / 1000:.3g} uJ "
        row = next(line for line in README.splitlines() if line.startswith(begin))
        told = f"**{100 * best['test_accuracy']:.1f} %** ({best['energy_nj'] / 1000:.2f} uJ)"
        assert told in row


TEXT = """
Say `python -m
evoapproxnas bench NAME`.

## First

```sh
pip install . && python -m evoapproxnas run --set "a b"   # a comment
python -m evoapproxnas config > my.toml
```

    python plots/pareto.py \\
        RUN --bound 1 ...
    x = "not a command"
"""


def test_commands_are_found_wherever_they_stand():
    found = list(commands_of("R.md", TEXT))
    assert [str(command) for command in found] == [
        "python -m evoapproxnas bench NAME",
        "pip install .",
        "python -m evoapproxnas run --set 'a b'",
        "python -m evoapproxnas config",
        "python plots/pareto.py RUN --bound 1",
    ]
    assert [command.chapter for command in found] == ["R.md", *["R.md: First"] * 4]
    assert [command.inline for command in found] == [True, *[False] * 4]
    assert [command.target for command in found] == [None, None, None, "my.toml", None]
