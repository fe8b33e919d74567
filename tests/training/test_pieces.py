"""Steps in calls: how many at a time, and what ends them."""

import time

import numpy as np
import pytest
import tensorflow as tf

from evoapproxnas.errors import TrainingDiverged
from evoapproxnas.training.graph_options import Execution
from evoapproxnas.training.pieces import Pieces


class Recorder:
    """Stands for the compiled steps: remembers calls, gives the rate as the loss."""

    def __init__(self, seconds=0.0):
        self.seconds, self.sizes, self.first_pixels = seconds, [], []

    def __call__(self, images, labels, rates):
        time.sleep(self.seconds * len(rates))
        self.sizes.append(len(rates))
        self.first_pixels += images[:, 0, 0, 0, 0].numpy().tolist()
        return tf.stack([rates, tf.ones_like(rates)], axis=1)


def batches(count):
    for i in range(count):
        yield np.full((2, 1, 1, 1), i, np.uint8), np.zeros(2, np.int64)


def run(recorder, steps, *, epochs=1, deadline=np.inf, rates=None):
    pieces = Pieces(recorder, deadline=deadline, execution=Execution(True, False))
    rates = [float(i) for i in range(steps)] if rates is None else rates
    return [pieces.run_epoch(batches(steps), rates, epoch=e + 1) for e in range(epochs)][-1]


def test_every_step_is_done_once_in_order_in_ever_longer_calls():
    recorder = Recorder()
    figures = run(recorder, 40, epochs=2)
    np.testing.assert_array_equal(figures[:, 0], np.arange(40))
    assert recorder.first_pixels == 2 * list(range(40))
    assert recorder.sizes[0] == 1
    assert all(b <= 2 * a for a, b in zip(recorder.sizes, recorder.sizes[1:], strict=False))
    assert recorder.sizes[-1] > 5


def test_slow_steps_are_not_put_together():
    recorder = Recorder(seconds=0.3)
    run(recorder, 4)
    assert recorder.sizes == [1, 1, 1, 1]


def test_the_step_that_exceeds_the_deadline_is_the_last():
    recorder = Recorder()
    assert len(run(recorder, 10, deadline=time.monotonic() - 1)) == 1
    slow = Recorder(seconds=0.02)
    started = time.monotonic()
    figures = run(slow, 200, deadline=started + 0.3)
    assert 2 <= len(figures) < 200
    assert time.monotonic() - started < 2


def test_a_loss_that_is_not_finite_names_its_step():
    rates = [0.0, 1.0, float("nan"), 3.0]
    with pytest.raises(TrainingDiverged, match="epoch 1, step 3"):
        run(Recorder(), 4, rates=rates)
