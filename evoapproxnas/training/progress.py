"""What a training keeps between epochs: its history, its best weights, its checkpoint."""

import contextlib
import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evoapproxnas.errors import StoreError
from evoapproxnas.training.averaging import WeightAverage
from evoapproxnas.training.checkpoint import (
    Arrays,
    Checkpoint,
    load_checkpoint,
    save_checkpoint,
)
from evoapproxnas.training.datasets import Dataset
from evoapproxnas.training.evaluate import accuracy_of, make_predictor
from evoapproxnas.training.result import EpochRecord


class Progress:
    """The epochs done so far, and everything needed to go on or to end after any of them."""

    def __init__(
        self,
        model: Any,
        dataset: Dataset,
        *,
        optimizer_state: Sequence[Any],
        average: WeightAverage | None,
        keep_best: bool,
        checkpoint: Path | None,
        recipe: Mapping[str, Any],
    ) -> None:
        """Begin, or go on from the checkpoint if its file exists.

        Args:
            model: the model being trained.
            dataset: gives the validation split.
            optimizer_state: variables of the update rule.
            average: of the weights; it is what gets validated and selected.
            keep_best: validate after every epoch and end with the best epoch's weights.
            checkpoint: file to write after every epoch; None: none.
            recipe: what decides the training, see `Checkpoint`.

        Raises:
            StoreError: if the checkpoint cannot be read.
            ConfigError: if it belongs to another training.
        """
        self.history: list[EpochRecord] = []
        self._weights = [weight.value for weight in model.weights]
        average_state = average.state if average else ()
        own = [variable.value for variable in model.variables]
        self._state = [*own, *optimizer_state, *average_state]
        self._average = average
        self._dataset = dataset
        self._predict = make_predictor(model) if keep_best else None
        self._selected: Arrays = ()
        self._path = checkpoint
        self._recipe = recipe
        if checkpoint is not None and checkpoint.exists():
            self._restore(checkpoint, load_checkpoint(checkpoint, recipe))

    def close_epoch(self, record: EpochRecord, *, complete: bool) -> EpochRecord:
        """Validate, select and write the checkpoint; return the record with its accuracy.

        An epoch cut short is not written, as training cannot go on in the middle of one.
        """
        if self._predict is not None:
            with self._evaluated():
                found = accuracy_of(self._predict, self._dataset.x_val, self._dataset.y_val)
                record = dataclasses.replace(record, val_accuracy=found)
                self.history.append(record)
                if self.selected is record:
                    self._selected = tuple(weight.numpy() for weight in self._weights)
        else:
            self.history.append(record)
        if self._path is not None and complete:
            checkpoint = Checkpoint(
                recipe=self._recipe,
                history=tuple(self.history),
                state=tuple(variable.numpy() for variable in self._state),
                selected=self._selected,
            )
            save_checkpoint(self._path, checkpoint)
        return record

    @property
    def selected(self) -> EpochRecord:
        """The best epoch by validation accuracy, the latest among equals; else the last."""
        return max(self.history, key=lambda r: (r.val_accuracy or 0.0, r.epoch))

    def finish(self) -> None:
        """Give the model the weights of the selected epoch."""
        if self._predict is not None:
            for weight, value in zip(self._weights, self._selected, strict=True):
                weight.assign(value)
        elif self._average is not None:
            self._average.apply()

    def _evaluated(self) -> contextlib.AbstractContextManager[None]:
        return self._average.applied() if self._average else contextlib.nullcontext()

    def _restore(self, path: Path, checkpoint: Checkpoint) -> None:
        weights = self._weights if self._predict is not None else []
        _check_shapes(path, checkpoint.state, self._state)
        _check_shapes(path, checkpoint.selected, weights)
        for variable, value in zip(self._state, checkpoint.state, strict=True):
            variable.assign(value)
        self.history.extend(checkpoint.history)
        self._selected = checkpoint.selected


def _check_shapes(path: Path, values: Arrays, variables: Sequence[Any]) -> None:
    found = [(value.shape, value.dtype.name) for value in values]
    expected = [(tuple(v.shape), v.dtype.name) for v in variables]
    if found != expected:
        raise StoreError(
            f"checkpoint {path} holds {len(found)} arrays, which are not the {len(expected)} of "
            "this training or have other shapes; remove it to train from the start"
        )
