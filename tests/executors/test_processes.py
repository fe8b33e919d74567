import multiprocessing
import os
import signal
import subprocess
import sys
import time

import psutil
import pytest

from evoapproxnas.executors import ProcessExecutor
from tests.executors.tasks import misbehave, square


def run(tasks, **limits):
    options = {"workers": 2, "threads_per_worker": 1, "timeout_seconds": 30, "memory_gb": 4}
    executor = ProcessExecutor(**{**options, **limits})
    try:
        return dict(executor.run(misbehave, tasks))
    finally:
        executor.close()


def test_a_worker_that_dies_fails_its_task_alone():
    outcomes = run(["a", "exit", "killed", "b"])
    assert (outcomes[0], outcomes[3]) == ("a", "b")
    assert outcomes[1].kind == outcomes[2].kind == "crashed"
    assert "exit code 3" in outcomes[1].reason
    assert "SIGKILL" in outcomes[2].reason


def test_a_task_that_takes_too_long_is_killed():
    outcomes = run(["sleep", "a"], timeout_seconds=2)
    assert outcomes[1] == "a"
    assert outcomes[0].kind == "timeout"
    assert "execution.timeout_seconds" in outcomes[0].reason


def test_a_task_that_uses_too_much_memory_is_killed():
    outcomes = run(["grow", "a"], memory_gb=1)
    assert outcomes[1] == "a"
    assert outcomes[0].kind == "memory"
    assert "execution.memory_gb" in outcomes[0].reason


def test_stopping_early_leaves_no_task_running():
    executor = ProcessExecutor(workers=2, threads_per_worker=1, timeout_seconds=60, memory_gb=4)
    for _ in executor.run(misbehave, ["quick", "sleep"]):
        break
    assert dict(executor.run(square, [3])) == {0: 9}
    executor.close()
    assert not multiprocessing.active_children()


@pytest.mark.skipif(sys.platform != "linux", reason="kills a process group member by signal")
def test_workers_end_with_a_killed_campaign(tmp_path):
    code = (
        "from evoapproxnas.executors import ProcessExecutor\n"
        "from tests.executors.tasks import misbehave\n"
        "if __name__ == '__main__':\n"
        "    limits = dict(timeout_seconds=60, memory_gb=4)\n"
        "    executor = ProcessExecutor(workers=1, threads_per_worker=1, **limits)\n"
        "    list(executor.run(misbehave, ['a', 'sleep']))\n"
    )
    script = tmp_path / "campaign.py"
    script.write_text(code)
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    campaign = subprocess.Popen([sys.executable, str(script)], env=environment)
    parent = psutil.Process(campaign.pid)
    deadline = time.monotonic() + 30
    while len(workers := parent.children()) < 1 and time.monotonic() < deadline:
        time.sleep(0.1)
    time.sleep(2)
    workers = parent.children(recursive=True)
    os.kill(campaign.pid, signal.SIGKILL)
    campaign.wait()
    _, alive = psutil.wait_procs(workers, timeout=10)
    assert not alive
