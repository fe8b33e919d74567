"""Ray clusters of several nodes on this machine, for tests."""

import os
import secrets
import socket
import subprocess
import time
from contextlib import contextmanager

import psutil

ENVIRONMENT = {
    "RAY_AUTH_MODE": "token",
    "RAY_AUTH_TOKEN": secrets.token_hex(32),
    "RAY_health_check_initial_delay_ms": "0",
    "RAY_health_check_period_ms": "500",
    "RAY_health_check_timeout_ms": "500",
    "RAY_health_check_failure_threshold": "4",
}
"""Of nodes, and of whoever connects: a token of these clusters; a lost node is soon missed."""


def wait_for(found, seconds=120):
    """Wait until `found()` is true, and return it."""
    deadline = time.monotonic() + seconds
    while not (value := found()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert value, "it did not happen in time"
    return value


def named(name, parent=None):
    """Processes below one, or this one, whose name begins so."""
    found = []
    for process in (parent or psutil.Process()).children(recursive=True):
        try:
            if process.name().startswith(name) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


@contextmanager
def node(*options):
    """Run a node with one CPU."""
    command = ["ray", "start", "--block", "--num-cpus=1", "--disable-usage-stats", *options]
    process = subprocess.Popen(
        command, env=os.environ | ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        for ours in [*named("", psutil.Process(process.pid)), process]:
            ours.kill()
        process.wait()


@contextmanager
def head():
    """Run the first node; gives its address and its process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with node("--head", f"--port={port}", "--include-dashboard=false") as process:
        wait_for(lambda: named("raylet", process))
        yield f"127.0.0.1:{port}", process
