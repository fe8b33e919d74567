"""What a training did: figures of each epoch and why it ended."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class EpochRecord:
    """Figures of one epoch, or of the part of it that the budget allowed.

    Attributes:
        epoch: counted from 1.
        steps: batches trained in it.
        loss: mean training loss.
        accuracy: fraction of (augmented) training images classified correctly, 0..1.
        learning_rate: rate of the last step.
        seconds: since training began, what came before an interruption included.
        images_per_second: training speed, validation not counted.
        val_accuracy: on the validation split, 0..1; None where it is not measured.
    """

    epoch: int
    steps: int
    loss: float
    accuracy: float
    learning_rate: float
    seconds: float
    images_per_second: float
    val_accuracy: float | None = None


@dataclass(frozen=True, kw_only=True)
class FitResult:
    """What training did; at least one epoch, the last cut short if time ran out in it.

    Attributes:
        history: one record per epoch begun.
        stopped_by: "epochs" if all configured batches were trained, else "max_seconds".
        selected: the record of the epoch whose weights the model has.
    """

    history: tuple[EpochRecord, ...]
    stopped_by: Literal["epochs", "max_seconds"]
    selected: EpochRecord

    @property
    def epochs(self) -> int:
        """Epochs begun."""
        return len(self.history)

    @property
    def steps(self) -> int:
        """Batches trained, all epochs together."""
        return sum(record.steps for record in self.history)

    @property
    def loss(self) -> float:
        """Mean training loss of the last epoch."""
        return self.history[-1].loss

    @property
    def train_accuracy(self) -> float:
        """Training accuracy of the last epoch, 0..1."""
        return self.history[-1].accuracy

    @property
    def seconds(self) -> float:
        """Wall-clock time, tracing included."""
        return self.history[-1].seconds
