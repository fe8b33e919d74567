"""Training in turns, so that a kill costs minutes, wherever the worker is.

After some time a worker ends its training at the end of an epoch and hands back the state, from
which the next turn goes on, bit for bit. The state travels with the task: local workers and those
of a Ray cluster need no common folder.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from evoapproxnas.errors import EvoApproxNASError, StoreError
from evoapproxnas.files import unpack_arrays
from evoapproxnas.training import EpochRecord


class TurnOver(EvoApproxNASError):
    """Ends a training whose turn is over; its state is written. Never leaves a worker."""


class TurnClock:
    """Ends a turn, as `on_epoch` of a training.

    Attributes:
        file: takes the state of the training.
        last: the epoch done last; None before the first.
        note: what is to be said before anything else.
    """

    def __init__(self, file: Path, *, epochs: int, seconds: float, note: str = "") -> None:
        """Start the clock.

        Args:
            file: see above.
            epochs: of the whole training.
            seconds: that the turn lasts; the epoch in progress is done to its end.
            note: see above.
        """
        self.file, self.note = file, note
        self.last: EpochRecord | None = None
        self._epochs, self._ends = epochs, time.monotonic() + seconds

    def __call__(self, record: EpochRecord) -> None:
        """Note an epoch.

        Raises:
            TurnOver: if time is up and epochs are left.
        """
        self.last = record
        if record.epoch < self._epochs and time.monotonic() >= self._ends:
            raise TurnOver(f"the turn ends after epoch {record.epoch}")

    @property
    def text(self) -> str:
        """How far the training is."""
        if self.last is None:
            return "begun"
        pace = self.last.seconds / self.last.epoch
        left = timedelta(seconds=round(pace * (self._epochs - self.last.epoch)))
        accuracy = self.last.val_accuracy or 0.0
        return (
            f"{self.last.epoch} of {self._epochs} passes, validation {100 * accuracy:.2f} %, "
            f"{left} left"
        )


@contextmanager
def turn_clock(checkpoint: bytes | None, *, epochs: int, seconds: float) -> Iterator[TurnClock]:
    """Give a clock whose file holds the state that an earlier turn left, if there was one.

    A state that was damaged on the disk is as good as none: the training begins anew.
    """
    note = ""
    with TemporaryDirectory(prefix="evoapproxnas-") as folder:
        file = Path(folder) / "checkpoint.npz"
        if checkpoint is not None:
            try:
                unpack_arrays(checkpoint, where="its checkpoint")
                file.write_bytes(checkpoint)
            except StoreError as error:
                note = f"begun anew, as its state was lost ({error}): "
        yield TurnClock(file, epochs=epochs, seconds=seconds, note=note)
