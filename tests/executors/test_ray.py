"""A real Ray on this machine; workers, hosts, nodes and campaigns are killed."""

import logging
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

import evoapproxnas
import evoapproxnas.executors.ray.executor
from evoapproxnas.errors import EnvironmentBroken
from evoapproxnas.executors import RayExecutor, Task
from evoapproxnas.executors.ray.versions import differences, versions
from evoapproxnas.store import load_run
from tests.executors.clusters import ENVIRONMENT, head, named, node, wait_for
from tests.executors.tasks import (
    die_once,
    echo,
    misbehave,
    outcomes,
    payload_of,
    prepare_in_vain,
    process,
    sleep,
    square,
)
from tests.marks import needs_ray

pytestmark = needs_ray
LIMITS = {"threads_per_worker": 1, "timeout_seconds": 30, "memory_gb": 4}


def test_limits_are_those_of_local_workers(ray_executor, tmp_path):
    done = outcomes(ray_executor, misbehave, ["sleep", "a", "grow", "killed"])
    assert done[1] == "a"
    assert [done[i].kind for i in (0, 2, 3)] == ["timeout", "memory", "crashed"]
    assert "execution.memory_gb" in done[2].reason
    assert "killed by SIGKILL" in done[3].reason
    assert isinstance(outcomes(ray_executor, die_once, [tmp_path])[0], int)


def test_workers_are_kept(ray_executor):
    assert len(set(outcomes(ray_executor, process, range(8)).values())) <= 2


def test_the_task_of_a_lost_host_is_done_again_once(ray_executor, caplog):
    outcomes(ray_executor, square, [1, 2])
    again = ray_executor.submit(Task.of(sleep, 2.0))
    wait_for(lambda: named("ray::Host.work"))[0].kill()
    with caplog.at_level(logging.WARNING, "evoapproxnas"):
        done = {ticket: payload_of(outcome) for ticket, outcome in ray_executor.completed()}
    assert done == {again: 2.0}
    assert "a Ray worker was lost, and its task is done again: its worker process" in caplog.text


def test_a_task_whose_host_is_lost_twice_is_a_failure(ray_executor):
    ray_executor.submit(Task.of(sleep, 5.0))
    first = wait_for(lambda: named("ray::Host.work"))[0]
    first.kill()
    wait_for(lambda: [p for p in named("ray::Host.work") if p != first])[0].kill()
    ((_, failure),) = ray_executor.completed()
    assert failure.kind == "crashed"
    assert "was lost, twice: its worker process has died" in failure.reason


def test_a_cancelled_task_leaves_no_worker_behind(ray_executor):
    ticket = ray_executor.submit(Task.of(misbehave, "sleep"))
    (busy,) = wait_for(lambda: named("ray::Host.work"))
    ray_executor.cancel(ticket)
    assert outcomes(ray_executor, square, [3]) == {0: 9}
    psutil.wait_procs([busy], timeout=10)
    assert not busy.is_running()


def test_a_gateway_that_died_is_an_error_and_is_started_again(ray_executor):
    ray_executor.submit(Task.of(sleep, 1.0))
    ray_executor._gateway.kill()
    with pytest.raises(EnvironmentBroken, match="connection to Ray was lost.*nothing that was"):
        list(ray_executor.completed())
    ((_, outcome),) = ray_executor.completed()
    assert outcome.payload == 1.0


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("127.0.0.1:{closed}", "at 127.0.0.1:.*Connection refused.*ray start --head"),
        ("nonsense", "expected HOST:PORT or auto, got 'nonsense'"),
        ("ray://127.0.0.1:10001", "expected HOST:PORT or auto"),
    ],
)
def test_an_address_that_does_not_answer_is_an_error(address, message, monkeypatch):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = address.format(closed=closed.getsockname()[1])
        monkeypatch.setenv("RAY_ADDRESS", address)
        executor = RayExecutor(workers=1, **LIMITS)
        with pytest.raises(EnvironmentBroken, match=message):
            outcomes(executor, square, [1])
        executor.close()


def test_what_listens_but_is_no_ray_is_an_error(monkeypatch):
    monkeypatch.setattr(evoapproxnas.executors.ray.executor, "_SILENCE_SECONDS", 3.0)
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        executor = RayExecutor(address=address, workers=1, **LIMITS)
        with pytest.raises(EnvironmentBroken, match=f"the Ray at {address} did not answer in 3 s"):
            outcomes(executor, square, [1])
        executor.close()


def test_without_ray_the_error_names_the_extra(monkeypatch):
    monkeypatch.setattr(evoapproxnas.executors.ray.executor, "find_spec", lambda name: None)
    with pytest.raises(EnvironmentBroken, match=r"pip install 'evoapproxnas\[ray\]'"):
        RayExecutor(workers=1, **LIMITS)


def test_versions_are_compared_by_name():
    here = versions()
    assert set(here) >= {"Python", "evoapproxnas", "evoapproxnas source", "tensorflow"}
    assert differences(here, dict(here)) == ""
    there = here | {"tensorflow": "2.20.0"}
    assert differences(here, there) == f"tensorflow 2.20.0 there, {here['tensorflow']} here"
    assert differences({"data set": "a"}, {}) == "data set unknown there, a here"


@pytest.fixture(scope="module")
def cluster():
    """A head, and a second node; gives the address and both."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in ENVIRONMENT.items():
            patch.setenv(name, value)
        with head() as (address, first), node(f"--address={address}") as second:
            wait_for(lambda: named("raylet", second))
            yield address, first, second


def campaign(folder, *words, package=None, **options):
    """Start a command in a folder where no other package than the installed one is found."""
    path = str(package or Path(evoapproxnas.__file__).parents[1])
    settings = ("problem=synthetic", "search.objectives=['error', 'cost']")
    given = [f"--set={setting}" for setting in settings] if words[0] == "run" else []
    given += [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    return subprocess.Popen(
        [sys.executable, "-m", "evoapproxnas", *words, *given, f"--runs-dir={folder}"],
        cwd=folder, env=os.environ | {"PYTHONPATH": path}, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def test_the_commands_of_the_readme_run(cluster, tmp_path):
    address, _, _ = cluster
    text = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    section = text.partition("### On several machines")[2]
    lines = section.partition("```sh\n")[2].partition("```")[0].splitlines()
    commands = [line for line in lines if line.startswith("python -m evoapproxnas")]
    assert len(commands) == 3
    for command in commands:
        words = shlex.split(command.replace("HOST:6379", address), comments=True)[3:]
        small = ["--set=search.generations=1"] if words[0] == "run" else []
        output, _ = (started := campaign(tmp_path, *words, *small)).communicate(timeout=200)
        assert started.returncode == 0, output
        assert "finished: 1 generation done" in output
        assert "raylet" not in output
    fronts = [(tmp_path / name / "front.csv").read_bytes() for name in ("NAME", "OTHER")]
    assert fronts[0] == fronts[1]


def test_a_node_with_another_version_gets_no_work(cluster, tmp_path):
    address, _, _ = cluster
    package = Path(evoapproxnas.__file__).parent
    shutil.copytree(package, tmp_path / "other" / "evoapproxnas")
    shutil.copytree(package.parent / "multipliers", tmp_path / "other" / "multipliers")
    (tmp_path / "other" / "evoapproxnas" / "version.py").write_text('__version__ = "0.0.9"\n')
    done = campaign(tmp_path, "run", "a", package=tmp_path / "other", ray_address=address)
    output, _ = done.communicate(timeout=200)
    assert done.returncode == 1
    assert f"evoapproxnas {evoapproxnas.__version__} there, 0.0.9 here; evoapproxnas sou" in output
    assert "install the same on all nodes" in output


def test_a_node_with_other_data_gets_no_work(cluster):
    address, _, _ = cluster
    executor = RayExecutor(address=address, workers=1, handshake=Task.of(process, 0), **LIMITS)
    with pytest.raises(EnvironmentBroken, match=r"differs from this machine: \d+ there, \d+ here"):
        outcomes(executor, square, [1])
    executor.close()


def test_a_node_that_lacks_what_tasks_need_is_an_error(cluster):
    address, _, _ = cluster
    executor = RayExecutor(
        address=address, workers=1, prepare=prepare_in_vain, handshake=Task.of(echo, 1), **LIMITS
    )
    with pytest.raises(EnvironmentBroken, match="no_such_package"):
        outcomes(executor, square, [1])
    executor.close()


def test_a_cluster_without_room_is_an_error(cluster):
    address, _, _ = cluster
    limits = LIMITS | {"threads_per_worker": 64}
    executor = RayExecutor(address=address, workers=1, patience_seconds=1, **limits)
    with pytest.raises(EnvironmentBroken, match=r"one takes 64 CPUs .* 2 of 2 are free"):
        outcomes(executor, square, [1])
    executor.close()


def test_the_task_of_a_lost_node_is_done_again_on_another(cluster):
    address, _, second = cluster
    executor = RayExecutor(address=address, workers=2, **LIMITS)
    outcomes(executor, sleep, [1.0, 1.0])
    tickets = [executor.submit(Task.of(sleep, 2.0)) for _ in range(2)]
    wait_for(lambda: named("ray::Host.work", second))
    for lost in (named("raylet", second), named("ray::Host", second)):
        lost[0].kill()
    done = {ticket: payload_of(outcome) for ticket, outcome in executor.completed()}
    assert done == dict.fromkeys(tickets, 2.0)
    executor.close()


def test_a_campaign_whose_raylet_is_killed_says_so_and_can_be_resumed(cluster, tmp_path):
    address, first, _ = cluster
    shared = "--set=search.generations=80", "--seed=3"
    broken = campaign(tmp_path, "run", "a", *shared, workers=1, ray_address=address)
    whole = campaign(tmp_path, "run", "b", *shared, executor="inline")
    database = tmp_path / "a" / "campaign.sqlite"
    wait_for(lambda: database.exists() and len(load_run(tmp_path / "a").evaluations()) > 20)
    for lost in (named("raylet", first), named("ray::Host", first)):
        lost[0].kill()
    output, _ = broken.communicate(timeout=200)
    assert broken.returncode == 1
    assert re.search(
        r"(head node of Ray at \S+|Ray node that the campaign runs on) is gone", output
    )
    done = len(load_run(tmp_path / "a").evaluations())
    resumed = campaign(tmp_path, "resume", "a", executor="processes")
    output, _ = resumed.communicate(timeout=200)
    assert resumed.returncode == 0, output
    assert whole.wait(200) == 0
    assert 20 < done < len(load_run(tmp_path / "a").evaluations())
    assert load_run(tmp_path / "a").failures().empty
    fronts = [(tmp_path / name / "front.csv").read_bytes() for name in "ab"]
    assert fronts[0] == fronts[1]


def test_ray_ends_with_a_killed_campaign(tmp_path):
    script = tmp_path / "campaign.py"
    script.write_text(
        "from evoapproxnas.executors import RayExecutor\n"
        "from tests.executors.tasks import misbehave, outcomes\n"
        "if __name__ == '__main__':\n"
        f"    outcomes(RayExecutor(workers=1, **{LIMITS}), misbehave, ['sleep'])\n"
    )
    path = os.pathsep.join([os.getcwd(), *filter(None, [os.environ.get("PYTHONPATH")])])
    campaign = subprocess.Popen(
        [sys.executable, str(script)], env=os.environ | {"PYTHONPATH": path}
    )
    parent = psutil.Process(campaign.pid)
    wait_for(lambda: named("ray::Host.work", parent))
    everything = parent.children(recursive=True)
    os.kill(campaign.pid, signal.SIGKILL)
    campaign.wait()
    _, alive = psutil.wait_procs(everything, timeout=20)
    assert not alive
