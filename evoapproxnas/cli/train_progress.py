"""What `train` shows and logs after every epoch."""

import time
from collections.abc import Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from evoapproxnas.cli.output import note

if TYPE_CHECKING:
    from evoapproxnas.files import Journal
    from evoapproxnas.training import EpochRecord


class EpochLines:
    """Prints a line for each epoch and appends its figures to a CSV file."""

    def __init__(self, console: Console, log: Path, *, epochs: int) -> None:
        """Begin.

        Args:
            console: where lines go.
            log: the CSV file; what it holds already stays.
            epochs: of the whole training, for the time left.
        """
        self._console = console
        self._log = log
        self._epochs = epochs

    def __call__(self, record: "EpochRecord") -> None:
        """Print and log an epoch."""
        left = record.seconds / record.epoch * (self._epochs - record.epoch)
        note(
            f"epoch {record.epoch:3d}/{self._epochs}  loss {record.loss:.3f}  "
            f"train {100 * record.accuracy:5.2f} %  "
            f"validation {100 * (record.val_accuracy or 0):5.2f} %  "
            f"rate {record.learning_rate:.4f}  {record.images_per_second:6.0f} images/s  "
            f"{time.strftime('%H:%M:%S', time.gmtime(left))} left",
            to=self._console,
        )
        self._journal().append(asdict(record))

    def rewrite(self, history: "Sequence[EpochRecord]") -> None:
        """Write the log anew; a kill between checkpoint and log may have cost it a line."""
        self._log.unlink(missing_ok=True)
        self._journal().extend(asdict(record) for record in history)

    def _journal(self) -> "Journal":
        from evoapproxnas.files import Journal
        from evoapproxnas.training import EpochRecord

        columns = [field.name for field in fields(EpochRecord)]
        return Journal(self._log.parent, self._log.name, columns)
