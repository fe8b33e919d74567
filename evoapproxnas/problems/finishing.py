"""What the finish of a run needs of its problem: work in stages, each of which is kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from evoapproxnas.config import RunConfig
from evoapproxnas.executors import Result, Task
from evoapproxnas.records import Candidate, StepId
from evoapproxnas.store import FinishedStage, FinishFolder, StageName

CHECKPOINT = "checkpoint"
"""Blob of a turn that did not complete its stage, and of the task of the next turn."""


@dataclass(frozen=True)
class Member:
    """An architecture of the front that is to be finished.

    Attributes:
        candidate: that stands for it.
        weights: the step that left the search's best weights of it; None if there is none.
        assignments: multipliers by layer, of all its points on the front.
        error: the least of these points.
    """

    candidate: Candidate
    weights: StepId | None
    assignments: tuple[Mapping[str, str], ...]
    error: float = 0.0

    @property
    def id(self) -> str:
        """Print as in tables and file names."""
        return str(self.candidate.id)


@dataclass(frozen=True)
class Stage:
    """A piece of work on a member; a worker does it in one turn or several.

    Attributes:
        name: what it is called, and what decides it.
        function: of a worker; its result is a `Turn`, and blobs to keep.
        work: the record that the function reads.
        reads: files whose content the task takes, by name of the blob.
        leaves: names of the blobs that the last turn gives.
        order: of two that can begin, several workers take the one of the lower number first: what
            lasts longest, or what most waits for.
    """

    name: StageName
    function: Callable[[Task], Result]
    work: Any
    reads: Mapping[str, Path] = field(default_factory=dict)
    leaves: tuple[str, ...] = ()
    order: int = 0


@dataclass(frozen=True)
class Turn:
    """What a worker came to at a stage.

    Attributes:
        text: for people who wait.
        complete: whether the stage is done; else there is a blob `CHECKPOINT` to go on from.
        record: figures of a stage that is done.
    """

    text: str
    complete: bool = True
    record: Mapping[str, Any] = field(default_factory=dict)


class Finisher(Protocol):
    """Knows what it takes to finish members. Equal calls give equal stages."""

    def stages(
        self, member: Member, best: Member, folder: FinishFolder, models: Path
    ) -> Sequence[Stage] | None:
        """Those of a member that are not done and can begin now; none once it is finished.

        None, in place of them, is of a member that waits for the training of the best one.

        Args:
            member: whose.
            best: the member with the least error, which others may wait for.
            folder: what is done.
            models: folder of the weights that the search left.
        """

    def table(self, rows: Sequence[FinishedStage]) -> pd.DataFrame:
        """The figures of all that is finished, a row for each `id`.

        Args:
            rows: all that is done.
        """


class FinisherKind(Protocol):
    """The class of a finisher, which makes it of a configuration."""

    def __call__(self, config: RunConfig) -> Finisher:
        """Make the finisher.

        Raises:
            EvoApproxNASError: if section `finish` cannot be used.
        """
