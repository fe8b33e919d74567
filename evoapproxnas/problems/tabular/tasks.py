"""What a worker does with a network of a table: everything was looked up before."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from evoapproxnas.errors import NetworkRejected
from evoapproxnas.executors import Result, Task
from evoapproxnas.problems.tabular.figures import ERROR
from evoapproxnas.records import Evaluation, Training


@dataclass(frozen=True)
class LookUp:
    """What the table says of one network, so that workers need no table.

    Attributes:
        error: share of images that are classified wrongly; None if it is not known.
        budget: epochs that count as the training of this step; None: nothing is trained.
        seconds: that the training took, of whoever made the table.
        recipe: digest of data set and table.
        missing: why the error is not known.
    """

    error: float | None
    budget: float | None = None
    seconds: float = 0.0
    recipe: str = ""
    missing: str = ""


@dataclass(frozen=True)
class Inputs:
    """Digests of the files that a run looks up in, by what they are."""

    digests: Mapping[str, str]


def evaluate(task: Task) -> Result:
    """Give what was looked up the form of an evaluation; that takes next to no time.

    Raises:
        NetworkRejected: if the table does not say what was asked for.
    """
    start = time.monotonic()
    found = task.read(LookUp)
    if found.error is None:
        raise NetworkRejected(found.missing)
    training = None
    if found.budget is not None:
        training = Training(found.budget, found.recipe, seconds=found.seconds)
    figures = {ERROR.name: found.error}
    return Result.of(Evaluation(figures, time.monotonic() - start, training))


def describe(task: Task) -> Result:
    """Give the digests."""
    return Result.of(task.read(Inputs).digests)
