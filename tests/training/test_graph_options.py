"""Which models' steps run one operation after the other."""

import json
import subprocess
import sys

import keras
import pytest

from evoapproxnas.training import graph_options
from evoapproxnas.training.graph_options import Execution, executed, quickest_execution
from tests.training.models import L, conv_net


@pytest.fixture
def one_thread(monkeypatch):
    threading = graph_options.tf.config.threading
    monkeypatch.setattr(threading, "get_inter_op_parallelism_threads", lambda: 1)


def plain(channels=8):
    inputs = L.Input((8, 8, 1))
    x = L.ReLU()(L.BatchNormalization()(L.Conv2D(channels, 3, padding="same")(inputs)))
    return keras.Model(inputs, L.Dense(10)(L.GlobalAveragePooling2D()(x)))


@pytest.mark.usefixtures("one_thread")
def test_small_networks_of_known_layers_do():
    assert quickest_execution(plain(), 32).in_sequence
    # 64 pixels x 9 taps x 600 channels x 40 images, and the dense layer.
    assert not quickest_execution(plain(600), 40).in_sequence


@pytest.mark.usefixtures("one_thread")
def test_layers_that_might_branch_do_not():
    """TensorFlow would wait for ever for a thread that runs the branch."""
    assert not quickest_execution(
        conv_net(), 32
    ).in_sequence  # Rescaling and Flatten are not listed
    inputs = L.Input((8, 8, 1))
    nested = keras.Model(inputs, L.ReLU()(plain()(inputs)))
    assert not quickest_execution(nested, 32).in_sequence

    class Branching(keras.Model):
        def call(self, x):
            return keras.ops.cond(keras.ops.sum(x) > 0, lambda: x, lambda: -x)

    assert not quickest_execution(Branching(), 32).in_sequence


def test_several_threads_are_used():
    assert quickest_execution(plain(), 32) == Execution(optimized=False, in_sequence=False)
    assert quickest_execution(conv_net(), 32) == Execution(optimized=True, in_sequence=False)


def test_options_are_put_back():
    options = graph_options.tf.config.optimizer
    with executed(Execution(optimized=False, in_sequence=True)):
        pass
    assert not options.get_experimental_options().get("disable_meta_optimizer", False)


_TRAIN = """
import json, numpy as np
from evoapproxnas.config import DataConfig, TrainingConfig
from evoapproxnas.training import deterministic, fit, load_dataset
deterministic(1)
from tests.training.test_graph_options import plain
from evoapproxnas.training import graph_options
import keras
data = load_dataset(DataConfig(train_images=300))
config = TrainingConfig(epochs=3, batch_size=32, ema_decay=0.9, clip_norm=1.0, optimizer="adamw",
                        weight_decay=0.01)
losses = []
for in_sequence in (True, True, False):
    keras.utils.set_random_seed(0)
    model = plain()
    if not in_sequence:
        graph_options._SMALL_STEP = 0
    assert graph_options.quickest_execution(model, 32).in_sequence is in_sequence
    losses.append(fit(model, data, config, seed=1).loss)
print(json.dumps(losses))
"""


def test_the_same_is_learned_either_way_and_repeatably():
    """In a process of its own, as it fixes the number of TensorFlow's threads."""
    done = subprocess.run([sys.executable, "-c", _TRAIN], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    first, again, general = json.loads(done.stdout)
    assert first == again
    assert first == pytest.approx(general, rel=1e-3)
