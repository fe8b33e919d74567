import platform
import re
import subprocess

import pytest

from evoapproxnas.problems import make_problem
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
