"""How well the networks of NAS-Bench-201 classify, and how long they were trained for that.

Validation errors after 200 epochs for CIFAR-100 and ImageNet16-120 need a word. What the table
has of each training (`..._valtest200_seeds`) was measured on validation and test images together,
as many of one kind as of the other. A search must not see test images, so the mean over trainings
is freed of them: validation = 2 x both - test, as the table has the mean on test images, too. The
best networks have 73.49 % and 46.73 % then, as published. A single training is as far from that
mean as it is on both kinds of images together: on which of them it is so, the table does not say.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import NetworkRejected
from evoapproxnas.hardware.hw_nas_bench import NasBench201
from evoapproxnas.hardware.hw_nas_bench.costs import check_dataset

FIDELITIES = (12, 200)
"""Epochs of training after which the table knows accuracies; each is a training of its own."""

WhichTraining = Literal["mean", "drawn", 0, 1, 2]
Floats = npt.NDArray[np.float64]

_SHORT = {"cifar10": "c10", "cifar100": "c100", "ImageNet16-120": "in16"}
_LONG = {"cifar10": "cifar10", "cifar100": "cifar100", "ImageNet16-120": "imagenet"}


@dataclass(frozen=True)
class Accuracies:
    """Errors are shares of images, 0..1; arrays are by number of the network.

    Attributes:
        table: what the user brought.
        dataset: that the networks classify.
    """

    table: NasBench201
    dataset: str

    def __post_init__(self) -> None:
        """Check the name of the data set.

        Raises:
            UnknownNameError: with those that there are.
        """
        check_dataset(self.dataset)

    def validation_errors(self, epochs: int) -> Floats:
        """Return the error of every training on validation images.

        Args:
            epochs: of training; one of `FIDELITIES`.

        Returns:
            Shape (15625, trainings); NaN where a network was trained fewer times.
        """
        return self._after_200 if epochs == FIDELITIES[-1] else self._after_12

    def mean_validation_errors(self, epochs: int) -> Floats:
        """Return the mean over trainings, which has the least noise, shape (15625,).

        Args:
            epochs: 12 or 200.
        """
        return np.asarray(np.nanmean(self.validation_errors(epochs), axis=1))

    @cached_property
    def test_errors(self) -> Floats:
        """Mean error on test images after 200 epochs, for reports alone; shape (15625,)."""
        return 1 - self.table.column(f"{_SHORT[self.dataset]}_test200") / 100

    @cached_property
    def early_test_errors(self) -> Floats:
        """Error on test images after 12 epochs, of one training, shape (15625,); for reports."""
        return 1 - self.table.column(f"ep12_{_LONG[self.dataset]}_test") / 100

    def train_seconds(self, epochs: int) -> Floats:
        """Return what so many epochs of training took, shape (15625,).

        Args:
            epochs: 12 or 200.
        """
        column = self.table.column(f"{_SHORT[self.dataset]}_train_s_200ep")
        return column * (epochs / FIDELITIES[-1])

    def validation_error(
        self, index: int, epochs: int, which: WhichTraining, rng: np.random.Generator
    ) -> float:
        """Return what a search sees of one network.

        Args:
            index: number of the network.
            epochs: of training; one of `FIDELITIES`.
            which: training, where there are several.
            rng: draws one.

        Raises:
            NetworkRejected: if the network has no training of that number.
        """
        errors = self.validation_errors(epochs)[index]
        there = np.flatnonzero(np.isfinite(errors))
        if which == "mean" or len(errors) == 1:
            return float(errors[there].mean())
        number = int(rng.choice(there)) if which == "drawn" else which
        if number not in there:
            raise NetworkRejected(
                f"network {index} was trained {len(there)} times for {self.dataset}, so there is "
                f"no training {number}; tabular.training may be 'mean' or 'drawn'"
            )
        return float(errors[number])

    @cached_property
    def _after_12(self) -> Floats:
        return 1 - self.table.column(f"ep12_{_LONG[self.dataset]}_val")[:, None] / 100

    @cached_property
    def _after_200(self) -> Floats:
        if self.dataset == "cifar10":
            return 1 - self.table.column("c10_val200_seeds") / 100
        both = 1 - self.table.column(f"{_SHORT[self.dataset]}_valtest200_seeds") / 100
        mean = np.nanmean(both, axis=1)
        return both + (mean - self.test_errors)[:, None]
