"""Evaluation in the calling process: for debugging, and where processes cannot be started."""

from collections import deque
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from evoapproxnas.executors.base import Executor, Task
from evoapproxnas.executors.guard import call_guarded


class InlineExecutor(Executor):
    """One task after the other; no time or memory limit can be enforced here."""

    def __init__(self) -> None:
        """Start with nothing to do."""
        self._tickets = count()
        self._waiting: deque[tuple[int, Callable[[Any], Any], Any]] = deque()

    def submit(self, function: Callable[[Task], Any], task: Task) -> int:
        """Keep a task until `completed` comes to it."""
        ticket = next(self._tickets)
        self._waiting.append((ticket, function, task))
        return ticket

    def completed(self) -> Iterator[tuple[int, Any]]:
        """Work on the tasks in their order; see `Executor.completed`."""
        while self._waiting:
            ticket, function, task = self._waiting.popleft()
            yield ticket, call_guarded(function, task)

    def cancel(self, ticket: int) -> None:
        """Drop a task that was not begun."""
        self._waiting = deque(entry for entry in self._waiting if entry[0] != ticket)

    def close(self) -> None:
        """Drop all tasks."""
        self._waiting.clear()
