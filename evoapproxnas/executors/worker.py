"""What runs in a worker process: get ready, say so, then one task after the other.

Messages to the worker are tasks; from it come `READY`, then an answer to every task, or an error
in place of `READY`.
"""

import contextlib
import multiprocessing as mp
import os
import shutil
import signal
import tempfile
import threading
from multiprocessing.connection import Connection, wait
from pathlib import Path

from evoapproxnas.errors import EvoApproxNASError
from evoapproxnas.executors.envelope import find
from evoapproxnas.executors.guard import environment_broken
from evoapproxnas.executors.messages import Message, error_message, work

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


_LOG_TAIL = 2000
"""Characters of the workers' output that an error quotes."""

READY: Message = ("ready", "", {})
"""The worker has imported what it needs."""


def serve(
    pipe: Connection, threads: int, log: Path | None, prepare: str | None, scratch: Path
) -> None:
    """Serve tasks until the pipe closes.

    Args:
        pipe: to the executor.
        threads: that numeric libraries may use.
        log: file that takes everything printed, by C++ code too; None: the terminal.
        prepare: `module:function` that is called first, to import what tasks need.
        scratch: folder of temporary files, as TensorFlow leaves them where a worker is killed; it
            is removed if the executor ends without doing so.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the campaign's to handle.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # Held since it was started.
    threading.Thread(target=_end_with_parent, args=(scratch,), daemon=True).start()
    tempfile.tempdir = str(scratch)
    limit_threads(threads)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        _work(pipe, log, prepare)
    except (EOFError, OSError):
        return  # The executor is gone, perhaps in the middle of a message, or has no more work.


def limit_threads(threads: int) -> None:
    """Let numeric libraries that this process has not imported yet use so many threads."""
    for variable in _THREAD_VARIABLES:
        os.environ[variable] = str(threads)


def _work(pipe: Connection, log: Path | None, prepare: str | None) -> None:
    try:
        if log is not None:
            redirect_output(log)
        if prepare is not None:
            find(prepare)()
    except EvoApproxNASError as error:
        pipe.send(error_message(error))
        return
    except Exception as error:
        pipe.send(error_message(environment_broken(error)))
        return
    pipe.send(READY)
    while True:
        pipe.send(work(pipe.recv()))


def redirect_output(log: Path) -> None:
    """Send everything printed to the end of a file.

    Raises:
        OSError: if it cannot be written.
    """
    target = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for descriptor in (1, 2):
        os.dup2(target, descriptor)
    os.close(target)


def log_tail(log: Path) -> str:
    """Return the end of what was printed to a file, the most recent last."""
    printed = ""
    with contextlib.suppress(OSError):
        printed = log.read_text("utf-8", "replace")
    return printed[-_LOG_TAIL:]


def _end_with_parent(scratch: Path) -> None:
    parent = mp.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        shutil.rmtree(scratch, ignore_errors=True)
        os._exit(1)
