"""Evaluation in local worker processes, each with a time and a memory limit.

Workers are spawned, not forked (TensorFlow does not survive a fork), and live for many tasks. One
that exceeds a limit is killed and replaced, as is one that dies by itself. When the campaign
dies, however it dies, its workers end with it.

A task is lost with its worker through no fault of its own where somebody killed the process, or
where earlier tasks had left too little memory. It is done again once, in a fresh worker; what
happens there is its outcome, whatever the number of workers.
"""

import logging
import shutil
import tempfile
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count
from multiprocessing.connection import wait
from pathlib import Path

from evoapproxnas.errors import EnvironmentBroken, EvoApproxNASError
from evoapproxnas.executors.base import Executor, Outcome
from evoapproxnas.executors.envelope import Task, name_of
from evoapproxnas.executors.messages import outcome_of, task_message
from evoapproxnas.executors.pool import Job, Worker, interrupts_held, start_worker
from evoapproxnas.executors.worker import READY, log_tail
from evoapproxnas.records import Failure

_log = logging.getLogger("evoapproxnas")

_POLL_SECONDS = 0.5
_FALSE_STARTS = 3
"""Workers that may die one after the other before they were ready, or had any outcome."""
_SILENT = """\
(they printed nothing there; a script has to start its work under `if __name__ == "__main__":`, as
every worker imports the script)"""
"""Said in place of output: a script without that guard ends its workers before they have a log."""


class ProcessExecutor(Executor):
    """A pool of worker processes on this machine.

    Args:
        workers: number of processes.
        threads_per_worker: threads each worker's numeric libraries may use.
        timeout_seconds: wall-clock limit of one task.
        memory_gb: resident memory limit of one worker, GiB. An idle worker that holds more than
            half of it is replaced, so that tasks do not pay for what earlier ones left.
        log: file that takes what workers print (TensorFlow is talkative); None: kept aside, and
            quoted when workers cannot start.
        prepare: importable function, or its `module:function`, that every worker calls before its
            first task, to import what tasks need.
    """

    def __init__(
        self,
        *,
        workers: int,
        threads_per_worker: int,
        timeout_seconds: float,
        memory_gb: float,
        log: Path | None = None,
        prepare: Callable[[], None] | str | None = None,
    ) -> None:
        """Remember the limits; processes start with `start` or the first task."""
        self._size = workers
        self._threads = threads_per_worker
        self._timeout_seconds = timeout_seconds
        self._memory_gb = memory_gb
        self._prepare = name_of(prepare) if callable(prepare) else prepare
        self._log = log
        self._folder: Path | None = None
        self._workers: list[Worker] = []
        self._waiting: deque[Job] = deque()
        self._tickets = count()
        self._any_outcome = False
        self._false_starts = 0

    def start(self) -> None:
        """Start all workers now, so that they get ready while the caller does other things."""
        self._hire(self._size)

    def submit(self, task: Task) -> int:
        """Take a task on; an idle worker begins it at once."""
        job = Job(next(self._tickets), task_message(task))
        self._waiting.append(job)
        self._assign()
        return job.ticket

    def completed(self) -> Iterator[tuple[int, Outcome]]:
        """Yield outcomes as they come; see `Executor.completed`."""
        while outstanding := len(self._waiting) + sum(w.job is not None for w in self._workers):
            self._hire(min(self._size, outstanding))
            self._hire_for_lost()
            self._assign()
            active = [w for w in self._workers if w.job is not None or not w.ready]
            speaking = wait([w.pipe for w in active], timeout=_POLL_SECONDS)
            for worker in active:
                if worker not in self._workers:
                    continue  # Its task was cancelled while the caller had an outcome.
                if worker.pipe in speaking:
                    outcome = self._receive(worker)
                else:
                    outcome = self._stop_if_over_limit(worker)
                if outcome is not None:
                    self._assign()  # Workers go on while the caller looks at the outcome.
                    yield outcome

    def cancel(self, ticket: int) -> None:
        """Drop a task; a worker that is at it is killed."""
        self._waiting = deque(job for job in self._waiting if job.ticket != ticket)
        for worker in list(self._workers):
            if worker.job is not None and worker.job.ticket == ticket:
                self._discard(worker)

    def close(self) -> None:
        """Kill all workers at once and forget all tasks."""
        self._waiting.clear()
        for worker in list(self._workers):
            self._discard(worker)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _hire(self, workers: int) -> None:
        while len(self._workers) < workers:
            with interrupts_held():  # Until it is known that it runs.
                worker = start_worker(
                    self._threads, self._output(), self._prepare, self._scratch()
                )
                self._workers.append(worker)

    def _scratch(self) -> Path:
        """Return the folder of the workers' temporary files, made on first need."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="evoapproxnas-"))
        return self._folder

    def _output(self) -> Path:
        """Return the file that takes what workers print."""
        return self._log or self._scratch() / "workers.log"

    def _hire_for_lost(self) -> None:
        """See that there is a fresh worker for a task that was lost."""
        if not any(job.lost for job in self._waiting) or any(w.fresh for w in self._workers):
            return
        idle = [w for w in self._workers if w.job is None]
        if len(self._workers) == self._size and idle:
            self._discard(idle[0])
        self._hire(min(self._size, len(self._workers) + 1))

    def _assign(self) -> None:
        for worker in self._workers:
            job = next((job for job in self._waiting if worker.accepts(job)), None)
            if job is not None:
                self._waiting.remove(job)
                worker.begin(job)

    def _receive(self, worker: Worker) -> tuple[int, Outcome] | None:
        """Take a worker's message; return (ticket, outcome) if it is one."""
        try:
            message = worker.pipe.recv()
        except (EOFError, OSError):  # The latter where it died in the middle of a message.
            return self._bury(worker)
        if message == READY:
            worker.ready = True
            return None
        try:
            outcome = outcome_of(message)
        except EvoApproxNASError:
            self._discard(worker)
            raise
        job = worker.finish()
        self._any_outcome, self._false_starts = True, 0
        if worker.resident_gb > self._memory_gb / 2:
            self._discard(worker)
        return job.ticket, outcome

    def _bury(self, worker: Worker) -> tuple[int, Outcome] | None:
        """Do the task of a worker that died again; the second time it is a failure.

        Raises:
            EnvironmentBroken: where one worker after the other dies without any outcome.
        """
        self._discard(worker)
        job = worker.job
        if job is None or (job.lost and not self._any_outcome):
            self._count_false_start(worker)
        if job is None:
            return None
        if not job.lost:
            self._do_again(job, worker.ending)
            return None
        reason = f"its worker {worker.ending}, twice"
        return job.ticket, Failure("crashed", reason, worker.seconds)

    def _stop_if_over_limit(self, worker: Worker) -> tuple[int, Outcome] | None:
        """Kill a worker whose task breaks a limit; memory counts in a fresh worker only."""
        job, seconds = worker.job, worker.seconds
        if job is None:
            return None
        if seconds > self._timeout_seconds:
            self._discard(worker)
            reason = (
                f"took longer than {self._timeout_seconds:g} s; raise execution.timeout_seconds "
                "(in a finish finish.timeout_seconds) or choose smaller networks: space.max_macs"
            )
            return job.ticket, Failure("timeout", reason, seconds)
        resident_gb = worker.resident_gb
        if resident_gb <= self._memory_gb:
            return None
        self._discard(worker)
        if worker.jobs_done:
            self._do_again(job, f"held {resident_gb:.1f} GiB of memory after earlier tasks")
            return None
        reason = (
            f"used {resident_gb:.1f} GiB of memory, more than {self._memory_gb:g}; raise "
            "execution.memory_gb or lower training.batch_size (in a finish finish.batch_size)"
        )
        return job.ticket, Failure("memory", reason, seconds)

    def _do_again(self, job: Job, why: str) -> None:
        _log.warning("a worker %s, and its task is done again", why)
        self._waiting.appendleft(replace(job, lost=True))

    def _count_false_start(self, worker: Worker) -> None:
        self._false_starts += 1
        if self._false_starts >= _FALSE_STARTS:
            raise EnvironmentBroken(
                f"{_FALSE_STARTS} workers died one after the other, the last {worker.ending}; "
                "mend what its output complains of, then resume: nothing that was evaluated is "
                f"lost:\n{log_tail(self._output()) or _SILENT}"
            )

    def _discard(self, worker: Worker) -> None:
        worker.kill()
        self._workers.remove(worker)
