"""Every script of plots/ can be started, and imports what there is."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = sorted(Path(__file__).parents[2].joinpath("plots").glob("*.py"))


def test_there_are_scripts() -> None:
    assert {"pareto", "evolved_for_network"} <= {script.stem for script in SCRIPTS}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_imports_are_there_those_inside_functions_too(script: Path) -> None:
    for node in ast.walk(ast.parse(script.read_text())):
        if isinstance(node, ast.Import):
            for name in node.names:
                importlib.import_module(name.name)
        elif isinstance(node, ast.ImportFrom):
            module = importlib.import_module(str(node.module))
            for name in node.names:
                if not hasattr(module, name.name):
                    importlib.import_module(f"{node.module}.{name.name}")


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_help_says_how_to_use_it(script: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(script), "--help"], capture_output=True, text=True, check=True
    )
    assert "Usage:" in done.stdout
    names = ["measure", "draw"] if script.stem == "evolved_for_network" else [""]
    for name in names:
        words = [sys.executable, str(script), *filter(None, [name]), "--help"]
        done = subprocess.run(words, capture_output=True, text=True, check=True)
        assert "Example: python plots/" in done.stdout
