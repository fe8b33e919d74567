"""The time that a candidate takes a worker."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from numba.core import event


@dataclass
class Elapsed:
    """Seconds that a block took; 0 as long as it goes on."""

    seconds: float = 0.0


@contextmanager
def stopwatch() -> Iterator[Elapsed]:
    """Measure what happens in a `with` block, without the compilation of kernels in it.

    Numba compiles once on a machine and keeps the code: some twenty seconds that the first
    candidate waits for, and no other. How long a campaign takes is judged by single candidates.
    """
    elapsed, compiling = Elapsed(), event.TimingListener()
    with event.install_listener("numba:compile", compiling):
        started = time.monotonic()
        try:
            yield elapsed
        finally:
            whole = time.monotonic() - started
            elapsed.seconds = whole - (compiling.duration if compiling.done else 0.0)
