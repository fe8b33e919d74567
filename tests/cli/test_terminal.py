"""Whole campaigns in a terminal of their own, as a user sees them, and stops them."""

import os
import re
import subprocess
import sys
import time

import psutil
import pytest

from evoapproxnas.store import load_run
from tests.cli.pseudo_terminal import PseudoTerminal

SLOW = """
import sys, time
from evoapproxnas.problems import synthetic
error_of = synthetic.error_of
synthetic.error_of = lambda genes: (time.sleep({seconds}), error_of(genes))[1]
from evoapproxnas.cli.app import main
main()
"""
RUN = ("run", "a", "--problem", "synthetic", "--executor", "inline")
SMALL = ("--set", "search.population=6", "--set", "search.generations=2")
LARGE = ("--set", "search.population=6", "--set", "search.generations=500")


def slowly(*words, seconds=0.1, **options):
    return PseudoTerminal("-c", SLOW.format(seconds=seconds), *words, **options)


def test_a_campaign_is_one_calm_table_that_its_results_replace(tmp_path):
    with slowly(*RUN, *SMALL, folder=tmp_path) as terminal:
        terminal.wait_for("after generation 1")
        terminal.read(0.6)
        lines = terminal.shown
        first = next(i for i, line in enumerate(lines) if "of 18 candidates" in line)
        assert lines[first].startswith("generation ")
        assert [line[:13].strip() for line in lines[first + 1 : first + 5]] == [
            *("outcomes", "time", "hypervolume", "front")
        ]
        assert all(len(line) <= 80 for line in lines)
        assert terminal.finish() == 0
        told = terminal.text
    assert "Pareto front of a" in told
    assert "of 18 candidates" not in told
    assert [f"generation {n}: front of" in told for n in range(3)] == [True] * 3
    assert terminal.raw.count(b"\x1b[?25l") == terminal.raw.count(b"\x1b[?25h")


def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(tmp_path):
    with slowly(*RUN, *LARGE, folder=tmp_path) as terminal:
        terminal.wait_for("after generation 0")
        terminal.type("\x03")
        assert terminal.finish() == 130
        told = terminal.text
    assert "Traceback" not in told
    assert told.rstrip().endswith("Continue with: python -m evoapproxnas resume a")
    assert "interrupted; nothing is lost" in told
    assert terminal.raw.endswith(b"\r\n")
    assert terminal.raw.count(b"\x1b[?25l") == terminal.raw.count(b"\x1b[?25h")
    done = len(load_run(tmp_path / "runs" / "a").database.evaluations())
    assert done >= 6
    again = [sys.executable, "-m", "evoapproxnas", "resume", "a", "--generations", "2", "-q"]
    told = subprocess.run(again, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert told.startswith("Pareto front of a")


def test_ctrl_c_before_there_is_a_run_says_so(tmp_path):
    with PseudoTerminal("-m", "evoapproxnas", *RUN, *SMALL, folder=tmp_path) as terminal:
        terminal.wait_for("preparing the campaign")
        terminal.type("\x03")
        assert terminal.finish() == 130
        assert "Traceback" not in terminal.text
        if not (tmp_path / "runs").exists():
            assert "nothing was written" in terminal.text


@pytest.mark.parametrize("kind", [("TERM", "dumb"), ("pipe", "")])
def test_where_nothing_can_be_drawn_again_there_are_lines(tmp_path, kind):
    name, value = kind
    if name == "TERM":
        with slowly(*RUN, *SMALL, seconds=0, folder=tmp_path, TERM=value) as terminal:
            assert terminal.finish() == 0
            told, raw = terminal.text, terminal.raw
    else:
        command = [sys.executable, "-m", "evoapproxnas", *RUN, *SMALL]
        raw = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True).stdout
        told = raw.decode()
    assert b"\x1b[" not in re.sub(rb"\x1b\[\d*m", b"", raw)
    assert told.count(" 18/18") == 1
    assert told.startswith("preparing the campaign")


def test_a_window_that_is_made_smaller_shows_one_table(tmp_path):
    with slowly(*RUN, *LARGE, folder=tmp_path) as terminal:
        terminal.wait_for("after generation 1")
        for columns in (50, 34, 120, 80):
            terminal.resize(columns, 24)
            terminal.read(1.5)
            shown = "\n".join(terminal.shown)
            assert shown.count("hypervolume  ") == 1, shown
            assert all(len(line) <= columns for line in terminal.shown)
        terminal.type("\x03")
        assert terminal.finish() == 130


@pytest.mark.parametrize(("variable", "coloured"), [(None, True), ("1", False)])
def test_no_color_is_obeyed(tmp_path, variable, coloured):
    words = ("-m", "evoapproxnas", "show", "nothing")
    with PseudoTerminal(*words, folder=tmp_path, NO_COLOR=variable) as terminal:
        assert terminal.finish() == 1
    assert "error: no run folder at runs/nothing" in terminal.text
    assert (b"31m" in terminal.raw) is coloured


def test_the_first_sign_of_life_needs_less_than_two_seconds(tmp_path):
    """Of processor time: a busy machine gives it to others for as long as it likes."""
    with PseudoTerminal("-m", "evoapproxnas", *RUN, *SMALL, folder=tmp_path) as terminal:
        process = psutil.Process(terminal.process.pid)
        while b"preparing" not in terminal.raw:
            assert terminal.read(0.02)
        times = process.cpu_times()
        assert times.user + times.system < 1.5
        assert terminal.finish() == 0
    command = [sys.executable, "-u", "-m", "evoapproxnas", *RUN, *SMALL, "--runs-dir", "others"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as piped:
        assert piped.stdout.readline() == "preparing the campaign\n"
        times = psutil.Process(piped.pid).cpu_times()
        assert times.user + times.system < 1.5
        piped.communicate()
    assert piped.returncode == 0


def test_workers_that_are_starting_do_not_mind_ctrl_c(tmp_path):
    words = (*RUN[:-2], *SMALL, "--workers", "2")
    with PseudoTerminal("-m", "evoapproxnas", *words, folder=tmp_path) as terminal:
        terminal.wait_for("6 integers of 0 to 9")
        time.sleep(0.2)
        terminal.type("\x03")
        assert terminal.finish() in (0, 130)  # Such a campaign may be over by then.
        assert "Traceback" not in terminal.text
    # What watches the workers for the campaign ends by itself once that is gone.
    deadline = time.monotonic() + 10
    while [p for p in psutil.process_iter() if _of_session(p, terminal.process.pid)]:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _of_session(process, leader):
    try:
        alive = process.status() != psutil.STATUS_ZOMBIE  # Nobody waits for orphans in containers.
        return alive and os.getsid(process.pid) == leader
    except (ProcessLookupError, PermissionError, psutil.NoSuchProcess):
        return False
