"""The executor protocol, and how one call of a task becomes a result or a failure."""

import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from evoapproxnas.errors import CandidateError, EvoApproxNASError, TrainingDiverged
from evoapproxnas.records import Failure

Task = TypeVar("Task")
Result = TypeVar("Result")


class Executor(Protocol):
    """Runs tasks somewhere."""

    def run(
        self, function: Callable[[Task], Result], tasks: Sequence[Task]
    ) -> Iterator[tuple[int, Result | Failure]]:
        """Yield (index of the task, its result or failure) in the order they finish.

        Raises:
            EvoApproxNASError: what a task raised, if it is not about the candidate alone.
        """

    def close(self) -> None:
        """Stop all work at once."""


def call_guarded(function: Callable[[Any], Any], task: Any) -> Any:
    """Call `function(task)`; what concerns this task alone comes back as a `Failure`.

    Raises:
        EvoApproxNASError: errors that every other task would meet as well.
    """
    start = time.monotonic()
    try:
        return function(task)
    except Exception as error:
        if isinstance(error, EvoApproxNASError) and not isinstance(error, CandidateError):
            raise
        kind = "diverged" if isinstance(error, TrainingDiverged) else "raised"
        reason = str(error) if isinstance(error, CandidateError) else _one_line(error)
        return Failure(kind, reason, time.monotonic() - start, traceback.format_exc())


def _one_line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:300]}"
