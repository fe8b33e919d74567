"""An epoch in pieces: many steps in one call, yet never for long."""

import itertools
import time
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from evoapproxnas.training.checks import check_losses
from evoapproxnas.training.graph_options import Execution, executed
from evoapproxnas.training.step import TrainSteps

Batch = tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]

_SECONDS = 0.5
"""How long a call should take: an interruption or the end of time waits for its end."""
_MOST_STEPS = 256


class Pieces:
    """Runs steps in calls of about half a second, whatever the network.

    The first call is of a single step, and a call has at most twice as many steps as the one
    before. How steps are divided into calls changes nothing in what they compute.
    """

    def __init__(self, run: TrainSteps, *, deadline: float, execution: Execution) -> None:
        """Begin with a single step.

        Args:
            run: the compiled steps.
            deadline: on the clock of `time.monotonic`; the step that exceeds it is the last.
            execution: how to run them.
        """
        self._run = run
        self._execution = execution
        self._deadline = deadline
        self._step_seconds = np.inf
        self._last = 0

    def run_epoch(
        self, batches: Iterable[Batch], rates: Iterable[float], *, epoch: int
    ) -> npt.NDArray[np.float64]:
        """Train until batches or time end; return loss and correct count, shape (steps, 2).

        Args:
            batches: images (batch, height, width, channels) and labels (batch,) of each step.
            rates: the learning rate of each step.
            epoch: from 1, for the message.

        Raises:
            TrainingDiverged: if a loss is not finite.
        """
        steps: Iterator[tuple[Batch, float]] = zip(batches, rates, strict=True)
        figures = np.zeros((0, 2))
        while piece := list(itertools.islice(steps, self._size())):
            figures = np.concatenate([figures, self._call(piece)])
            check_losses(figures[:, 0], epoch)
            if time.monotonic() >= self._deadline:
                break
        return figures

    def _size(self) -> int:
        """Return how many steps to take in the next call."""
        seconds = min(_SECONDS, self._deadline - time.monotonic())
        fitting = int(max(1.0, seconds / self._step_seconds))
        return min(fitting, 2 * self._last or 1, _MOST_STEPS)

    def _call(self, piece: list[tuple[Batch, float]]) -> npt.NDArray[np.float64]:
        begun = time.monotonic()
        images, labels = (np.stack(each) for each in zip(*(b for b, _ in piece), strict=True))
        rates = np.array([rate for _, rate in piece], np.float32)
        with executed(self._execution):
            figures = self._run(tf.constant(images), tf.constant(labels), tf.constant(rates))
        found: npt.NDArray[Any] = figures.numpy()
        # The first call traces and compiles: what it takes says little about a step.
        traced = self._last == 0
        self._last = len(piece)
        if not traced:
            self._step_seconds = (time.monotonic() - begun) / len(piece)
        return found.astype(np.float64)
