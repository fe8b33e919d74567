"""What runs in a worker process: get ready, say so, then one task after the other.

Messages to the worker are (function, task).
Messages from it are `Ready`, then an outcome or an `EvoApproxNASError` for every task.
"""

import multiprocessing as mp
import os
import signal
import threading
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from evoapproxnas.errors import EvoApproxNASError
from evoapproxnas.executors.guard import call_guarded, environment_broken

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class Ready:
    """The worker has imported what it needs."""


def work(
    pipe: Connection, threads: int, log: Path | None, prepare: Callable[[], None] | None
) -> None:
    """Serve tasks until the pipe closes.

    Args:
        pipe: to the executor.
        threads: that numeric libraries may use.
        log: file that takes everything printed, by C++ code too; None: the terminal.
        prepare: is called first, to import what tasks need.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the campaign's to handle.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    limit_threads(threads)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        _serve(pipe, log, prepare)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return  # The executor is gone, or has no more work.


def limit_threads(threads: int) -> None:
    """Let numeric libraries that this process has not imported yet use so many threads."""
    for variable in _THREAD_VARIABLES:
        os.environ[variable] = str(threads)


def _serve(pipe: Connection, log: Path | None, prepare: Callable[[], None] | None) -> None:
    try:
        if log is not None:
            redirect_output(log)
        if prepare is not None:
            prepare()
    except Exception as error:
        pipe.send(error if isinstance(error, EvoApproxNASError) else environment_broken(error))
        return
    pipe.send(Ready())
    while True:
        pipe.send(_answer(pipe))


def _answer(pipe: Connection) -> Any:
    """Wait for the next task and return its outcome, or what ends the campaign."""
    try:
        message = pipe.recv()
    except (EOFError, ConnectionResetError):
        raise
    except Exception as error:  # A function that this process cannot import.
        return environment_broken(error)
    try:
        return call_guarded(*message)
    except EvoApproxNASError as error:
        return error


def redirect_output(log: Path) -> None:
    """Send everything printed to the end of a file.

    Raises:
        OSError: if it cannot be written.
    """
    target = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for descriptor in (1, 2):
        os.dup2(target, descriptor)
    os.close(target)


def _end_with_parent() -> None:
    parent = mp.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
