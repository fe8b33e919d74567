"""A real campaign in real processes: any number of workers, killed or not, gives one front."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import keras
import pytest

from evoapproxnas.store import load_run
from tests.marks import needs_ray

ROOT = Path(__file__).parents[1]
SETTINGS = {
    "search.population": 3,
    "search.generations": 2,
    "training.epochs": 1,
    "data.train_images": 300,
    "space.max_macs": 200_000,
    "search.limits.error": 0.95,  # After so little training, everything else is beyond it.
    "rungs.passes": [1, 2],
    "assignment.circuits": 2,
    "assignment.verify": 2,
}


WATCHED = """
import atexit, sys
heavy = ("tensorflow", "keras", "ray")
atexit.register(lambda: print("imported", [name for name in heavy if name in sys.modules]))
from evoapproxnas.cli.app import main
main()
"""
"""The command line, which says in the end what the campaign's process imported."""


def start(runs, name, *more, workers, verb="run", executor="processes"):
    command = [sys.executable, "-c", WATCHED, verb, name, "--runs-dir", str(runs)]
    command += ["--workers", str(workers), "--executor", executor, *more]
    if verb == "run":
        command += [f"--set={key}={value}" for key, value in SETTINGS.items()]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, preexec_fn=heed_interrupts
    )


def heed_interrupts():
    """Undo what a shell does to jobs in the background, which ignore SIGINT."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def finish(process):
    output, _ = process.communicate(timeout=300)
    assert process.returncode == 0, output
    return output


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    assert "Pareto front of one" in finish(start(folder, "one", workers=1))
    return folder


def front(runs, name):
    return (runs / name / "front.csv").read_bytes()


def test_models_of_the_front_are_kept_and_loaded(runs):
    run = load_run(runs / "one")
    (row, *_) = run.front().itertuples()
    assert run.model(row.id).output_shape == (None, 10)
    assert run.model(row.id, kind="float").count_params() == row.parameters
    (training, *_) = run.database.trainings()
    epochs = [record["epoch"] for record in training.history]
    assert epochs == list(range(1, int(training.budget) + 1))


def test_two_workers_give_the_front_of_one(runs):
    output = finish(start(runs, "two", workers=2))
    assert front(runs, "two") == front(runs, "one")
    assert "imported []" in output


@needs_ray
def test_ray_gives_the_front_of_local_workers(runs):
    output = finish(start(runs, "ray", workers=2, executor="ray"))
    assert front(runs, "ray") == front(runs, "one")
    assert "imported []" in output
    first = next(load_run(runs / "one").front().itertuples()).id
    weights = [load_run(runs / name).model(first).get_weights() for name in ("one", "ray")]
    assert all((a == b).all() for a, b in zip(*weights, strict=True))


def test_a_killed_and_resumed_campaign_gives_the_front_of_a_whole_one(runs):
    process = start(runs, "killed", workers=2)
    evaluated = 0
    deadline = time.monotonic() + 200
    while evaluated < 4 and time.monotonic() < deadline and process.poll() is None:
        time.sleep(0.2)
        if (runs / "killed" / "campaign.sqlite").exists():
            evaluated = len(load_run(runs / "killed", read_only=True).evaluations())
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert 4 <= evaluated < 9
    finish(start(runs, "killed", workers=2, verb="resume"))
    assert front(runs, "killed") == front(runs, "one")


def test_ctrl_c_stops_at_once_and_says_how_to_go_on(runs):
    process = start(runs, "interrupted", workers=1)
    deadline = time.monotonic() + 100
    while not (runs / "interrupted" / "workers.log").exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "resume interrupted" in output


FINISH = ("--top=1", "--passes=2", "--finetune-passes=1", "--set=finish.points=1") + tuple(
    f"--set=finish.{key}={value}"
    for key, value in {"baselines": "[5]", "verify": 4, "circuits": 4, "turn_seconds": 0}.items()
)


def finished(runs, name):
    return load_run(runs / name).finished().drop(columns="seconds")


@pytest.fixture(scope="module")
def whole(runs):
    """Figures of a finish that nothing interrupted; either of the tests that ask may run alone."""
    shutil.copytree(runs / "one", runs / "whole")
    assert "Finished of whole" in finish(start(runs, "whole", *FINISH, workers=2, verb="finalize"))
    return finished(runs, "whole")


def test_a_killed_finish_goes_on_and_gives_the_figures_of_a_whole_one(runs, whole):
    shutil.copytree(runs / "one", runs / "cut")
    process = start(runs, "cut", *FINISH, workers=2, verb="finalize")
    deadline = time.monotonic() + 200
    while time.monotonic() < deadline and process.poll() is None:
        if list((runs / "cut" / "finish").glob(".*.checkpoint")):
            break
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (runs / "cut" / "finish" / "finish.csv").exists()
    finish(start(runs, "cut", workers=1, verb="finalize"))
    assert finished(runs, "cut").equals(whole)
    row = finished(runs, "cut").iloc[0]
    model = keras.saving.load_model(runs / "cut" / "finish" / f"{row['id']}.keras")
    assert model.output_shape == (None, 10)


@needs_ray
def test_a_finish_on_ray_gives_the_same_figures(runs, whole):
    shutil.copytree(runs / "one", runs / "finish-on-ray")
    finish(start(runs, "finish-on-ray", *FINISH, workers=2, verb="finalize", executor="ray"))
    assert finished(runs, "finish-on-ray").equals(whole)
