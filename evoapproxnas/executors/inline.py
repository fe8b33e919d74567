"""Evaluation in the calling process: for debugging, and where processes cannot be started."""

from collections import deque
from collections.abc import Iterator
from itertools import count

from evoapproxnas.executors.base import Executor, Outcome
from evoapproxnas.executors.envelope import Task
from evoapproxnas.executors.messages import Message, outcome_of, task_message, work


class InlineExecutor(Executor):
    """One task after the other; no time or memory limit can be enforced here."""

    def __init__(self) -> None:
        """Start with nothing to do."""
        self._tickets = count()
        self._waiting: deque[tuple[int, Message]] = deque()

    def submit(self, task: Task) -> int:
        """Keep a task until `completed` comes to it."""
        ticket = next(self._tickets)
        self._waiting.append((ticket, task_message(task)))
        return ticket

    def completed(self) -> Iterator[tuple[int, Outcome]]:
        """Work on the tasks in their order; see `Executor.completed`."""
        while self._waiting:
            ticket, message = self._waiting.popleft()
            yield ticket, outcome_of(work(message))

    def cancel(self, ticket: int) -> None:
        """Drop a task that was not begun."""
        self._waiting = deque(entry for entry in self._waiting if entry[0] != ticket)

    def close(self) -> None:
        """Drop all tasks."""
        self._waiting.clear()
