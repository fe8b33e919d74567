"""A job, and the campaign's end of one worker process."""

import contextlib
import multiprocessing as mp
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import psutil

from evoapproxnas.executors.messages import Message
from evoapproxnas.executors.worker import serve


@dataclass(frozen=True)
class Job:
    """A task on its way.

    Attributes:
        ticket: by which its outcome is known.
        task: the task, written down.
        lost: it went down with a worker before, and now needs a fresh one.
    """

    ticket: int
    task: Message
    lost: bool = False


@dataclass
class Worker:
    """A worker process, as the campaign sees it.

    Attributes:
        ready: it has imported what it needs.
        job: in progress.
        jobs_done: how many it has finished.
        started: when the job in progress began, on the monotonic clock.
    """

    process: BaseProcess
    pipe: Connection
    ready: bool = False
    job: Job | None = None
    jobs_done: int = 0
    started: float = 0.0

    @property
    def fresh(self) -> bool:
        """Whether it has yet to begin its first job."""
        return self.job is None and not self.jobs_done

    def accepts(self, job: Job) -> bool:
        """Return whether it can begin this job now."""
        return self.ready and self.job is None and (self.fresh or not job.lost)

    def begin(self, job: Job) -> None:
        """Send it a job; that it is dead shows when its answer is waited for."""
        self.job, self.started = job, time.monotonic()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.pipe.send(job.task)

    def finish(self) -> Job:
        """Return the job that was in progress, and be free for the next."""
        if self.job is None:
            raise RuntimeError("a worker sent an outcome that nobody asked for")
        job, self.job = self.job, None
        self.jobs_done += 1
        return job

    @property
    def seconds(self) -> float:
        """Wall-clock time since its job began."""
        return time.monotonic() - self.started

    @property
    def resident_gb(self) -> float:
        """Memory that it holds, GiB."""
        try:
            return float(psutil.Process(self.process.pid).memory_info().rss) / 2**30
        except psutil.NoSuchProcess:
            return 0.0

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        exitcode = self.process.exitcode
        if exitcode is not None and exitcode < 0:
            name = signal.Signals(-exitcode).name
            return f"was killed by {name}" + (" (out of memory?)" if name == "SIGKILL" else "")
        return f"ended with exit code {exitcode}"

    def kill(self) -> None:
        """End it at once."""
        self.process.kill()
        self.process.join()
        self.pipe.close()


def start_worker(threads: int, log: Path, prepare: str | None, scratch: Path) -> Worker:
    """Start a process, with `interrupts_held`; it says when it is ready.

    Args:
        threads: that its numeric libraries may use.
        log: file that takes what it prints.
        prepare: `module:function` that is called in it first.
        scratch: folder of its temporary files.
    """
    context = mp.get_context("spawn")
    here, there = context.Pipe()
    arguments = (there, threads, log, prepare, scratch)
    process = context.Process(target=serve, args=arguments, daemon=True)
    process.start()
    there.close()
    return Worker(process, here)


@contextlib.contextmanager
def interrupts_held() -> Iterator[None]:
    """Keep Ctrl-C from a process that is started meanwhile, until it says how it takes it.

    It is the campaign's to handle; a process that is still importing would print a traceback.
    """
    resource_tracker.ensure_running()  # The first start of a process would let interrupts in.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
