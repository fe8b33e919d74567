"""What shells are offered; they ask by variables, as these tests do."""

import os
import shutil
import subprocess
import sys

import pytest

from tests.fakes import tiny_run

SHELLS = ("bash", "zsh", "fish")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("completing")
    for name in ("runs/digits-001", "runs/digits-002", "runs/other", "others/elsewhere"):
        tiny_run(folder / name)
    (folder / "runs" / "digits-no-run").mkdir()
    return folder


def program(*words, folder, **variables):
    code = (
        "import sys; sys.argv[0] = 'evoapproxnas'; from evoapproxnas.cli.app import main; main()"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=folder,
        env={**os.environ, "HOME": str(folder), **variables},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def offered(line, *, folder, shell="bash"):
    """Return what a shell is told about a line that is typed so far."""
    words = line.split(" ")
    asked = {
        "bash": {"COMP_WORDS": "\n".join(words), "COMP_CWORD": str(len(words) - 1)},
        "zsh": {"_TYPER_COMPLETE_ARGS": line},
        "fish": {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
    }[shell]
    return program(folder=folder, _EVOAPPROXNAS_COMPLETE=f"complete_{shell}", **asked)


@pytest.mark.parametrize("shell", SHELLS)
def test_names_of_runs_are_offered(folder, shell):
    told = offered("evoapproxnas show digits", folder=folder, shell=shell)
    assert "digits-001" in told
    assert "digits-002" in told
    assert "no-run" not in told
    assert "other" not in told


def test_runs_are_those_of_the_folder_that_is_named(folder):
    line = "evoapproxnas delete --runs-dir others "
    assert offered(line, folder=folder).split() == ["elsewhere"]


def test_multipliers_and_commands_are_offered(folder):
    line = "evoapproxnas multipliers show mul8u_or8_v"
    assert "mul8u_or8_v6" in offered(line, folder=folder).split()
    line = "evoapproxnas evaluate --multiplier mul8u_exac"
    assert offered(line, folder=folder).split() == ["mul8u_exact"]
    assert offered("evoapproxnas multi", folder=folder).split() == ["multipliers"]
    assert "--runs-dir" in offered("evoapproxnas show --r", folder=folder).split()


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_of_a_shell_is_of_the_program(folder, shell):
    command = [sys.executable, "-m", "evoapproxnas", "--show-completion", shell]
    environment = {**os.environ, "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    script = subprocess.run(
        command, env=environment, capture_output=True, text=True, check=True
    ).stdout
    assert "_EVOAPPROXNAS_COMPLETE" in script
    assert "python" not in script


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_once_it_is_installed(folder):
    hidden = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    assert "bash completion installed" in program(
        "--install-completion", "bash", folder=folder, **hidden
    )
    there = folder / "bin" / "evoapproxnas"
    there.parent.mkdir(exist_ok=True)
    there.write_text(f'#!/bin/sh\nexec {sys.executable} -m evoapproxnas "$@"\n')
    there.chmod(0o755)
    code = (
        'source "$HOME/.bashrc"; COMP_WORDS=(evoapproxnas show oth); COMP_CWORD=2; '
        '_evoapproxnas_completion evoapproxnas; echo "${COMPREPLY[@]}"'
    )
    environment = {**os.environ, "HOME": str(folder)}
    environment["PATH"] = f"{there.parent}:{environment['PATH']}"
    told = subprocess.run(
        ["bash", "-c", code],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert told.split() == ["other"]
