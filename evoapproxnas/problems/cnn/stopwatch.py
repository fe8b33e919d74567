"""The time that a candidate takes a worker."""

import time
from types import TracebackType

from numba.core import event


class Stopwatch:
    """Measures what happens in a `with` block, without the compilation of kernels in it.

    Numba compiles once on a machine and keeps the code: some twenty seconds that the first
    candidate waits for, and no other. How long a campaign takes is judged by single candidates.
    """

    def __init__(self) -> None:
        """Start at nothing."""
        self.seconds = 0.0
        self._compiling = event.TimingListener()

    def __enter__(self) -> "Stopwatch":
        """Start."""
        event.register("numba:compile", self._compiling)
        self._started = time.monotonic()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        elapsed = time.monotonic() - self._started
        event.unregister("numba:compile", self._compiling)
        compiling = self._compiling.duration if self._compiling.done else 0.0
        self.seconds = max(elapsed - compiling, 0.0)
