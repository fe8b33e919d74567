"""Evaluation in local worker processes, each with a time and a memory limit.

Workers are spawned, not forked (TensorFlow does not survive a fork), and live for the whole
campaign. One that exceeds a limit is killed and replaced, as is one that dies by itself; its
task becomes a `Failure`. When the campaign dies, however it dies, its workers end with it.
"""

import multiprocessing as mp
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import psutil

from evoapproxnas.errors import EvoApproxNASError
from evoapproxnas.executors.base import Result, Task, call_guarded
from evoapproxnas.records import Failure

_POLL_SECONDS = 0.5
_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass
class _Worker:
    process: BaseProcess
    pipe: Connection
    index: int | None = None
    """Task in progress."""
    started: float = 0.0

    def kill(self) -> None:
        self.process.kill()
        self.process.join()
        self.pipe.close()


class ProcessExecutor:
    """A pool of worker processes on this machine.

    Args:
        workers: number of processes.
        threads_per_worker: threads each worker's numeric libraries may use.
        timeout_seconds: wall-clock limit of one task.
        memory_gb: resident memory limit of one worker, GiB.
        log: file that takes what workers print (TensorFlow is talkative); None: the terminal.
    """

    def __init__(
        self,
        *,
        workers: int,
        threads_per_worker: int,
        timeout_seconds: float,
        memory_gb: float,
        log: Path | None = None,
    ) -> None:
        """Remember the limits; processes start with the first tasks."""
        self._size = workers
        self._threads = threads_per_worker
        self._timeout_seconds = timeout_seconds
        self._memory_gb = memory_gb
        self._log = log
        self._workers: list[_Worker] = []

    def run(
        self, function: Callable[[Task], Result], tasks: Sequence[Task]
    ) -> Iterator[tuple[int, Result | Failure]]:
        """Yield (index, result or failure) in the order they finish."""
        waiting = deque(range(len(tasks)))
        try:
            while waiting or any(w.index is not None for w in self._workers):
                self._fill(function, tasks, waiting)
                yield from self._collect()
        finally:
            # Reached early when the caller stops or is interrupted: nothing may run on unseen.
            for worker in [w for w in self._workers if w.index is not None]:
                self._discard(worker)

    def close(self) -> None:
        """Kill all workers at once."""
        for worker in list(self._workers):
            self._discard(worker)

    def _fill(
        self, function: Callable[[Any], Any], tasks: Sequence[Any], waiting: deque[int]
    ) -> None:
        while len(self._workers) < min(self._size, len(waiting)):
            self._workers.append(_start_worker(self._threads, self._log))
        for worker in self._workers:
            if worker.index is None and waiting:
                worker.index, worker.started = waiting.popleft(), time.monotonic()
                try:
                    worker.pipe.send((function, tasks[worker.index]))
                except (BrokenPipeError, ConnectionResetError):
                    pass  # The worker is dead; _collect finds that out and says why.

    def _collect(self) -> Iterator[tuple[int, Any]]:
        busy = [w for w in self._workers if w.index is not None]
        ready = wait([w.pipe for w in busy], timeout=_POLL_SECONDS)
        for worker in busy:
            index = worker.index
            if index is None:
                continue
            if worker.pipe in ready:
                outcome = self._receive(worker)
            else:
                outcome = self._broken_limit(worker)
            if outcome is not None:
                worker.index = None
                if isinstance(outcome, EvoApproxNASError):
                    raise outcome
                yield index, outcome

    def _receive(self, worker: _Worker) -> Any:
        try:
            return worker.pipe.recv()
        except (EOFError, ConnectionResetError):
            seconds = time.monotonic() - worker.started
            self._discard(worker)
            return Failure("crashed", f"its worker {_ending(worker.process.exitcode)}", seconds)

    def _broken_limit(self, worker: _Worker) -> Failure | None:
        seconds = time.monotonic() - worker.started
        if seconds > self._timeout_seconds:
            self._discard(worker)
            reason = (
                f"took longer than {self._timeout_seconds:g} s; raise execution.timeout_seconds "
                "or lower space.max_macs"
            )
            return Failure("timeout", reason, seconds)
        resident_gb = _resident_gb(worker.process.pid)
        if resident_gb > self._memory_gb:
            self._discard(worker)
            reason = (
                f"used {resident_gb:.1f} GiB of memory, more than {self._memory_gb:g}; raise "
                "execution.memory_gb or lower training.batch_size"
            )
            return Failure("memory", reason, seconds)
        return None

    def _discard(self, worker: _Worker) -> None:
        worker.kill()
        self._workers.remove(worker)


def _start_worker(threads: int, log: Path | None) -> _Worker:
    context = mp.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_work, args=(there, threads, log), daemon=True)
    process.start()
    there.close()
    return _Worker(process, here)


def _work(pipe: Connection, threads: int, log: Path | None) -> None:
    """Serve tasks until the pipe closes; runs in the worker process."""
    if log is not None:
        _redirect_output(log)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the campaign's to handle.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    for variable in _THREAD_VARIABLES:
        os.environ[variable] = str(threads)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    while True:
        try:
            function, task = pipe.recv()
        except EOFError:
            return
        try:
            outcome = call_guarded(function, task)
        except EvoApproxNASError as error:
            outcome = error
        try:
            pipe.send(outcome)
        except BrokenPipeError:
            return


def _redirect_output(log: Path) -> None:
    """Send everything printed, by C++ code too, to the end of a file."""
    target = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for descriptor in (1, 2):
        os.dup2(target, descriptor)
    os.close(target)


def _end_with_parent() -> None:
    parent = mp.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _resident_gb(pid: int | None) -> float:
    try:
        return float(psutil.Process(pid).memory_info().rss) / 2**30
    except psutil.NoSuchProcess:
        return 0.0


def _ending(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        name = signal.Signals(-exitcode).name
        return f"was killed by {name}" + (" (out of memory?)" if name == "SIGKILL" else "")
    return f"ended with exit code {exitcode}"
