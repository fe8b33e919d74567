"""Tasks that behave in every way a candidate can; importable by worker processes."""

import os
import signal
import time

import numpy as np

from evoapproxnas.errors import DatasetError, NetworkRejected, TrainingDiverged


def square(task):
    return task * task


def misbehave(task):
    if task == "raise":
        raise KeyError("inner detail")
    if task == "reject":
        raise NetworkRejected("too deep")
    if task == "diverge":
        raise TrainingDiverged("loss is nan")
    if task == "missing data":
        raise DatasetError("no data set here")
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
