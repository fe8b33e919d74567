"""Whether another machine, or a later session, has the same data and accelerators."""

from collections.abc import Mapping
from dataclasses import dataclass

from evoapproxnas.executors import Result, Task
from evoapproxnas.executors.envelope import find


@dataclass(frozen=True)
class Handshake:
    """What is compared.

    Attributes:
        problem: the handshake of the problem itself; None: it has none.
        accelerators: digests of descriptions, by name. Networks are priced where the campaign is,
            so other machines need no files of them.
    """

    problem: Task | None
    accelerators: Mapping[str, str]


def describe(task: Task) -> Result:
    """Return digests of the problem's data, and of accelerators."""
    asked = task.read(Handshake)
    known = {} if asked.problem is None else find(asked.problem.kind)(asked.problem).payload
    return Result({**known, **asked.accelerators})
