"""The threads on which host kernels work: plain Python threads around code without the GIL."""

import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import tensorflow as tf

from evoapproxnas.errors import QuantizationError

THREADS_VARIABLE = "EVOAPPROXNAS_THREADS"


def thread_count() -> int:
    """Return how many threads a kernel may use.

    The environment variable decides, then TensorFlow's intra-op setting, then the CPU cores
    that this process may run on.

    Raises:
        QuantizationError: if the environment variable is not a positive integer.
    """
    wanted = os.environ.get(THREADS_VARIABLE)
    if wanted is not None:
        if not wanted.isdecimal() or int(wanted) < 1:
            raise QuantizationError(
                f"{THREADS_VARIABLE} must be a positive integer, got {wanted!r}; unset it to use "
                "all CPU cores"
            )
        return int(wanted)
    configured = tf.config.threading.get_intra_op_parallelism_threads()
    if configured:
        return int(configured)
    affinity = getattr(os, "sched_getaffinity", None)  # Linux only
    return len(affinity(0)) if affinity else os.cpu_count() or 1


def run_all(jobs: Sequence[Callable[[], None]]) -> None:
    """Run the jobs and wait; an exception is raised.

    The caller works too, so nothing waits for a thread of the pool to wake up, or for one that
    another layer's jobs, or other programs, keep busy.
    """
    waiting = deque(jobs)

    def work() -> None:
        while waiting:
            try:
                job = waiting.popleft()
            except IndexError:  # another thread was faster
                return
            job()

    threads = thread_count()
    pool = _pool(threads, os.getpid())
    helpers = [pool.submit(work) for _ in range(min(threads, len(jobs)) - 1)]
    try:
        work()
    finally:
        for helper in helpers:
            if not helper.cancel():
                helper.result()


@cache
def _pool(threads: int, process: int) -> ThreadPoolExecutor:
    """Return the pool of this process; a forked child must not use its parent's."""
    return ThreadPoolExecutor(threads, thread_name_prefix=f"evoapproxnas-{process}")
