import platform
import re
import subprocess

import pytest

from evoapproxnas.errors import StoreError
from evoapproxnas.executors import Result
from evoapproxnas.problems import make_problem
from evoapproxnas.problems.cnn.population import initial_candidates
from evoapproxnas.problems.cnn.tasks import MODELS
from evoapproxnas.records import Evaluation
from tests.fakes import tiny_config


@pytest.fixture(scope="module")
def problem():
    return make_problem(tiny_config())


def test_models_of_others_and_what_was_left_half_written_go(problem, tmp_path):
    ended = subprocess.Popen(["true"])
    ended.wait()
    host = re.sub(r"[^A-Za-z0-9-]", "-", platform.node())
    kept = {"g00-01.keras", "g00-01.float.keras", "notes.txt"}
    gone = {
        "g00-02.keras",
        ".g00-01.partial.keras",
        f".g00-01.partial-{ended.pid}@{host}.keras",
    }
    for name in kept | gone:
        (tmp_path / name).touch()
    problem.prune(tmp_path, keep={"g00-01"})
    assert {file.name for file in tmp_path.iterdir()} == kept


def test_models_come_back_as_bytes_and_go_to_the_test_again(problem, tmp_path):
    (candidate,) = initial_candidates(problem.space, 0, 0, 1)
    evaluation = Evaluation({"error": 0.25})
    result = Result.of(evaluation, {name: name.encode() for name in MODELS})
    assert problem.receive(candidate, result, folder=tmp_path) == evaluation
    kept = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert kept == {
        "g00-00.keras": b"approximated.keras", "g00-00.float.keras": b"float.keras"
    }  # fmt: skip
    assert problem.test_task(candidate, folder=tmp_path).blobs == result.blobs
    (tmp_path / "g00-00.keras").unlink()
    assert set(problem.test_task(candidate, folder=tmp_path).blobs) == {"float.keras"}


def test_models_that_cannot_be_kept_stop_the_campaign(problem, tmp_path):
    (candidate,) = initial_candidates(problem.space, 0, 0, 1)
    result = Result.of(Evaluation({"error": 0.25}), {MODELS[0]: b""})
    with pytest.raises(StoreError, match="cannot write"):
        problem.receive(candidate, result, folder=tmp_path / "gone" / "further")
