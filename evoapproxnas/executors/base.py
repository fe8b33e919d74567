"""The executor protocol: tasks are submitted, outcomes come back as they finish."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

from evoapproxnas.executors.envelope import Result, Task
from evoapproxnas.records import Failure

Outcome = Result | Failure


class Executor(ABC):
    """Runs tasks somewhere.

    An outcome is the task's `Result`, or a `Failure` that says why there is none.
    """

    def start(self) -> None:  # noqa: B027 - an executor may have nothing to get ready
        """Get ready for tasks, in the background, where that takes time."""

    @abstractmethod
    def submit(self, task: Task) -> int:
        """Take a task on, to be started when there is room.

        Args:
            task: what is to be done.

        Returns:
            A ticket, different for every task of this executor.

        Raises:
            TaskError: if the task holds what JSON cannot.
        """

    @abstractmethod
    def completed(self) -> Iterator[tuple[int, Outcome]]:
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

        Args:
            ticket: what `submit` returned.
        """

    @abstractmethod
    def close(self) -> None:
        """Stop all work at once."""

    def run(self, tasks: Sequence[Task]) -> Iterator[tuple[int, Outcome]]:
        """Yield (index of the task, its outcome) in the order they finish.

        Where the caller stops early, is interrupted or an error is raised, the tasks that are
        left are cancelled. Nothing else may be outstanding meanwhile.

        Args:
            tasks: all of them are submitted at once.

        Raises:
            EvoApproxNASError: as `completed` does.
        """
        indices = {self.submit(task): index for index, task in enumerate(tasks)}
        try:
            for ticket, outcome in self.completed():
                yield indices.pop(ticket), outcome
        finally:
            for ticket in indices:
                self.cancel(ticket)
