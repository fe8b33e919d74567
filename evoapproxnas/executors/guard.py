"""How one call of a task becomes a result, a failure of that task, or the end of the campaign."""

import errno
import time
import traceback
from collections.abc import Callable
from typing import Any

from evoapproxnas.errors import (
    CandidateError,
    EnvironmentBroken,
    EvoApproxNASError,
    TrainingDiverged,
)
from evoapproxnas.records import Failure

_EXHAUSTED = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE}
_EXHAUSTED_TEXTS = ("No space left on device", "errno = 28", "cannot cache function")
"""What libraries say that keep the number to themselves: HDF5, TensorFlow, Numba."""


def call_guarded(function: Callable[[Any], Any], task: Any) -> Any:
    """Call `function(task)`; what concerns this task alone comes back as a `Failure`.

    Raises:
        EnvironmentBroken: where a package, disk space or the like is missing.
        EvoApproxNASError: other errors that every task would meet as well.
    """
    start = time.monotonic()
    try:
        return function(task)
    except Exception as error:
        if isinstance(error, EvoApproxNASError) and not isinstance(error, CandidateError):
            raise
        if is_of_the_environment(error):
            raise environment_broken(error) from error
        reason = str(error) if isinstance(error, CandidateError) else one_line(error)
        seconds = time.monotonic() - start
        details = _writable(traceback.format_exc())
        return Failure(_kind(error), _writable(reason), seconds, details)


def is_of_the_environment(error: BaseException) -> bool:
    """Return whether an error, or what it came from, would meet every other task as well."""
    if isinstance(error, ImportError):
        return True
    if isinstance(error, OSError) and error.errno in _EXHAUSTED:
        return True
    if any(text in str(error) for text in _EXHAUSTED_TEXTS):
        return True
    return error.__cause__ is not None and is_of_the_environment(error.__cause__)


def environment_broken(error: BaseException) -> EnvironmentBroken:
    """Build the error that ends a campaign because of this one."""
    return EnvironmentBroken(
        f"no candidate can be evaluated here: {one_line(error)}; mend that (is the package "
        "installed, is the disk full, may its folders be written?), then resume: nothing that "
        "was evaluated is lost"
    )


def one_line(error: BaseException) -> str:
    """Return the type and the start of the message of an error."""
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text[:300]}"


def _writable(text: str) -> str:
    """Return text that every file takes: names of files may hold what is no Unicode."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _kind(error: Exception) -> str:
    if isinstance(error, TrainingDiverged):
        return "diverged"
    # TensorFlow's own class for failed allocations; known by name, as it is not imported here.
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return "memory"
    return "raised"
