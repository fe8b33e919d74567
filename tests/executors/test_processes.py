import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pytest

from evoapproxnas.errors import EnvironmentBroken
from evoapproxnas.executors import ProcessExecutor, Task
from tests.executors.tasks import (
    die_once,
    die_while_speaking,
    leave_behind,
    misbehave,
    outcomes,
    payload_of,
    prepare_in_vain,
    prepare_to_die,
    prepare_well,
    process,
    say,
    sleep,
    square,
    temporary_folder,
)


def run(tasks, function=misbehave, **limits):
    options = {"workers": 2, "threads_per_worker": 1, "timeout_seconds": 30, "memory_gb": 4}
    executor = ProcessExecutor(**{**options, **limits})
    try:
        return outcomes(executor, function, tasks)
    finally:
        executor.close()


def test_a_worker_that_dies_fails_its_task_alone():
    done = run(["a", "exit", "killed", "b"])
    assert (done[0], done[3]) == ("a", "b")
    assert done[1].kind == done[2].kind == "crashed"
    assert "exit code 3" in done[1].reason
    assert "SIGKILL" in done[2].reason


@pytest.mark.parametrize("function", [die_once, die_while_speaking])
def test_a_task_whose_worker_is_killed_is_done_again_in_another(tmp_path, function, caplog):
    done = run([tmp_path], function=function)
    assert isinstance(done[0], int)
    assert "a worker was killed by SIGKILL (out of memory?), and its task is done" in caplog.text


def test_a_dead_worker_is_replaced_though_few_tasks_wait():
    executor = ProcessExecutor(workers=2, threads_per_worker=1, timeout_seconds=30, memory_gb=4)
    tickets = [executor.submit(Task.of(misbehave, "quick")) for _ in range(2)]
    quick = {ticket: payload_of(outcome) for ticket, outcome in executor.completed()}
    assert quick == dict.fromkeys(tickets, "quick")
    (victim, *_) = executor._workers
    victim.process.kill()
    victim.process.join()
    started = time.monotonic()
    done = outcomes(executor, sleep, [2.0, 2.0])
    executor.close()
    assert done == {0: 2.0, 1: 2.0}
    assert time.monotonic() - started < 60


def test_memory_that_earlier_tasks_left_is_not_held_against_a_later_one():
    done = run([300, 300, 300], function=leave_behind, workers=1, memory_gb=0.9)
    processes = [done[i] for i in range(3)]
    assert all(isinstance(process, int) for process in processes)
    assert len(set(processes)) > 1


def test_a_worker_that_holds_much_memory_is_replaced():
    done = run([250, 1], function=leave_behind, workers=1, memory_gb=0.5)
    assert done[0] != done[1]


def test_workers_are_kept():
    done = run(range(6), function=process, workers=1)
    assert len(set(done.values())) == 1


def test_workers_that_cannot_get_ready_end_the_campaign():
    with pytest.raises(EnvironmentBroken, match="no_such_package"):
        run(["a"], prepare=prepare_in_vain)
    with pytest.raises(EnvironmentBroken, match=r"exit code 127[\s\S]*no libfancy\.so"):
        run(["a"], prepare=prepare_to_die)


def test_workers_that_never_live_to_give_an_outcome_end_the_campaign():
    with pytest.raises(EnvironmentBroken, match="one after the other"):
        run(["exit"] * 4)


def test_workers_get_ready_before_there_is_work(tmp_path):
    log = tmp_path / "workers.log"
    limits = {"timeout_seconds": 30, "memory_gb": 4}
    executor = ProcessExecutor(
        workers=2, threads_per_worker=1, **limits, log=log, prepare=prepare_well
    )
    executor.start()
    assert outcomes(executor, say, ["hello"]) == {0: None}
    executor.close()
    assert "ready to work" in log.read_text()
    assert "hello" in log.read_text()


def test_a_task_that_takes_too_long_is_killed():
    done = run(["sleep", "a"], timeout_seconds=2)
    assert done[1] == "a"
    assert done[0].kind == "timeout"
    assert "execution.timeout_seconds" in done[0].reason


def test_a_task_that_uses_too_much_memory_is_killed():
    done = run(["grow", "a"], memory_gb=1)
    assert done[1] == "a"
    assert done[0].kind == "memory"
    assert "execution.memory_gb" in done[0].reason


def test_stopping_early_leaves_no_task_running():
    others = set(multiprocessing.active_children())  # Those of fixtures of other modules.
    executor = ProcessExecutor(workers=2, threads_per_worker=1, timeout_seconds=60, memory_gb=4)
    for _ in executor.run([Task.of(misbehave, what) for what in ("quick", "sleep")]):
        break
    assert outcomes(executor, square, [3]) == {0: 9}
    executor.close()
    assert set(multiprocessing.active_children()) <= others


@pytest.mark.skipif(sys.platform != "linux", reason="kills a process group member by signal")
def test_workers_end_with_a_killed_campaign(tmp_path):
    code = (
        "from evoapproxnas.executors import ProcessExecutor\n"
        "from tests.executors.tasks import misbehave, outcomes\n"
        "if __name__ == '__main__':\n"
        "    limits = dict(timeout_seconds=60, memory_gb=4)\n"
        "    executor = ProcessExecutor(workers=1, threads_per_worker=1, **limits)\n"
        "    outcomes(executor, misbehave, ['a', 'sleep'])\n"
    )
    script = tmp_path / "campaign.py"
    script.write_text(code)
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    scratch = tmp_path / "tmp"
    scratch.mkdir()
    environment["TMPDIR"] = str(scratch)
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
    assert not list(scratch.glob("evoapproxnas-*"))


def test_temporary_files_of_workers_go_with_the_executor():
    executor = ProcessExecutor(workers=1, threads_per_worker=1, timeout_seconds=30, memory_gb=4)
    assert not list(executor.run([]))
    folder = Path(outcomes(executor, temporary_folder, [None])[0])
    assert folder != Path(tempfile.gettempdir())
    (folder / "left.py").touch()
    executor.close()
    assert not folder.exists()


def test_a_script_without_a_guard_is_told_of_it(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from evoapproxnas.executors import ProcessExecutor\n"
        "from tests.executors.tasks import outcomes, square\n"
        "pool = ProcessExecutor(workers=1, threads_per_worker=1, timeout_seconds=9, memory_gb=9)\n"
        "outcomes(pool, square, [1])\n"
    )
    path = os.pathsep.join([os.getcwd(), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, str(script)],
        capture_output=True, text=True, env=os.environ | {"PYTHONPATH": path}, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert 'has to start its work under `if __name__ == "__main__":`' in done.stderr
