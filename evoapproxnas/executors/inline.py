"""Evaluation in the calling process: for debugging, and where processes cannot be started."""

from collections.abc import Callable, Iterator, Sequence

from evoapproxnas.executors.base import Result, Task, call_guarded
from evoapproxnas.records import Failure


class InlineExecutor:
    """One task after the other; no time or memory limit can be enforced here."""

    def run(
        self, function: Callable[[Task], Result], tasks: Sequence[Task]
    ) -> Iterator[tuple[int, Result | Failure]]:
        """Yield (index, result or failure) in the order of the tasks."""
        for index, task in enumerate(tasks):
            yield index, call_guarded(function, task)

    def close(self) -> None:
        """Nothing is held."""
