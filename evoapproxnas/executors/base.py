"""The executor protocol: tasks are submitted, outcomes come back as they finish."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from evoapproxnas.records import Failure

Task = TypeVar("Task")
Result = TypeVar("Result")


class Executor(ABC):
    """Runs tasks somewhere.

    An outcome is what the function returned, or a `Failure` that says why it did not.
    """

    def start(self) -> None:  # noqa: B027 - an executor may have nothing to get ready
        """Get ready for tasks, in the background, where that takes time."""

    @abstractmethod
    def submit(self, function: Callable[[Task], Any], task: Task) -> int:
        """Take a task on, to be started when there is room.

        Args:
            function: is called with the task, elsewhere: both must be picklable.
            task: what the function gets.

        Returns:
            A ticket, different for every task of this executor.
        """

    @abstractmethod
    def completed(self) -> Iterator[tuple[int, Any]]:
        """Yield (ticket, outcome) in the order tasks finish, until none is outstanding.

        More tasks may be submitted meanwhile; they are waited for as well.

        Raises:
            EnvironmentBroken: if no task can be worked on here, whatever it is.
            EvoApproxNASError: what a task raised, if it is not about the task alone. The others
                remain outstanding.
        """

    @abstractmethod
    def cancel(self, ticket: int) -> None:
        """Drop a task, also one in progress: nothing more is heard of it.

        A ticket that is not outstanding is ignored: its task may just have finished.
        """

    @abstractmethod
    def close(self) -> None:
        """Stop all work at once."""

    def run(
        self, function: Callable[[Task], Result], tasks: Sequence[Task]
    ) -> Iterator[tuple[int, Result | Failure]]:
        """Yield (index of the task, its outcome) in the order they finish.

        Where the caller stops early, is interrupted or an error is raised, the tasks that are
        left are cancelled. Nothing else may be outstanding meanwhile.

        Raises:
            EvoApproxNASError: as `completed` does.
        """
        indices = {self.submit(function, task): index for index, task in enumerate(tasks)}
        try:
            for ticket, outcome in self.completed():
                yield indices.pop(ticket), outcome
        finally:
            for ticket in indices:
                self.cancel(ticket)
