"""Tasks that behave in every way a candidate can; importable by worker processes."""

import errno
import gc
import os
import signal
import struct
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from evoapproxnas.errors import DatasetError, NetworkRejected, TrainingDiverged
from evoapproxnas.executors import Result, Task


def outcomes(executor, function, payloads):
    """Run tasks and return what each came to by index: a payload, or a failure."""
    done = executor.run([Task.of(function, payload) for payload in payloads])
    return {index: payload_of(outcome) for index, outcome in done}


def payload_of(outcome):
    return outcome.payload if isinstance(outcome, Result) else outcome


def square(task):
    return Result(task.payload**2)


def temporary_folder(task):
    return Result(tempfile.gettempdir())


def echo(task):
    return Result(task.payload)


def reverse(task):
    """Every blob backwards, in a blob of its own."""
    blobs = {f"reversed {name}": content[::-1] for name, content in task.blobs.items()}
    return Result(sorted(task.blobs), blobs)


RAISED = {
    "raise": KeyError("inner detail"),
    "reject": NetworkRejected("too deep"),
    "diverge": TrainingDiverged("loss is nan"),
    "missing data": DatasetError("no data set here"),
    "no package": ModuleNotFoundError("No module named 'tensorflow'"),
    "full disk": OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)),
    "full disk, said by a library": RuntimeError("cannot flush: errno = 28, No space left"),
    "out of memory": MemoryError("cannot allocate 40 GiB"),
}


ODD = {"no JSON": np.float32(0.5), "not finite": {"error": [0.5, float("nan")]}}


def misbehave(task):
    what = task.payload
    if what in RAISED:
        raise RAISED[what]
    if what in ODD:
        return Result.of(ODD[what])
    if what == "no result":
        return what
    if what == "sleep":
        time.sleep(60)
    if what == "exit":
        os._exit(3)
    if what == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "grow":
        grown = np.ones((256, 2**20))
        time.sleep(60)
        return Result(float(grown.sum()))
    return Result(what)


def fail_oddly(task):
    raise ValueError(b"no file caf\xe9".decode("utf-8", "surrogateescape"))


def say(task):
    _print(task.payload)
    return Result(None)


def _print(text):
    sys.stdout.write(text)
    sys.stdout.flush()


def die_once(task):
    """Die in the first worker that tries, leaving a mark."""
    mark = Path(task.payload) / "tried"
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return Result(os.getpid())


def die_while_speaking(task):
    """Begin an answer and die in the middle of it, but for the second worker that tries."""
    mark = Path(task.payload) / "tried"
    if not mark.exists():
        mark.touch()
        (pipe,) = (held for held in gc.get_objects() if isinstance(held, Connection))
        os.write(pipe.fileno(), struct.pack("!i", 1000) + b"half of it")
        os.kill(os.getpid(), signal.SIGKILL)
    return Result(os.getpid())


def sleep(task):
    time.sleep(task.payload)
    return Result(task.payload)


def process(task):
    time.sleep(0.05)
    return Result(os.getpid())


_LEFT = []


def leave_behind(task):
    """Keep so many megabytes after the task is done."""
    _LEFT.append(np.ones((task.payload, 2**17)))
    time.sleep(1.5)
    return Result(os.getpid())


def prepare_well():
    _print("ready to work")


def prepare_in_vain():
    import no_such_package  # noqa: F401


def prepare_to_die():
    _print("the loader found no libfancy.so")
    os._exit(127)
