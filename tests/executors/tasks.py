"""Tasks that behave in every way a candidate can; importable by worker processes."""

import errno
import os
import signal
import sys
import time
from importlib import import_module

import numpy as np

from evoapproxnas.errors import DatasetError, NetworkRejected, TrainingDiverged


def square(task):
    return task * task


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


def misbehave(task):
    if task in RAISED:
        raise RAISED[task]
    if task == "sleep":
        time.sleep(60)
    if task == "exit":
        os._exit(3)
    if task == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if task == "grow":
        grown = np.ones((256, 2**20))
        time.sleep(60)
        return grown.sum()
    return task


def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()


class DiesWhenReadHere:
    """A task that the worker cannot read."""

    def __reduce__(self):
        return import_module, ("no_such_module",)


def die_once(folder):
    """Die in the first worker that tries, leaving a mark."""
    mark = folder / "tried"
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def sleep(seconds):
    time.sleep(seconds)
    return seconds


def process(task):
    time.sleep(0.05)
    return os.getpid()


_LEFT = []


def leave_behind(megabytes):
    """Keep memory after the task is done."""
    _LEFT.append(np.ones((megabytes, 2**17)))
    time.sleep(1.5)
    return os.getpid()


def prepare_well():
    say("ready to work")


def prepare_in_vain():
    import no_such_package  # noqa: F401


def prepare_to_die():
    say("the loader found no libfancy.so")
    os._exit(127)
