import subprocess
import sys

import pytest

from evoapproxnas.errors import ConfigError
from evoapproxnas.training import deterministic

TRAIN = """
import hashlib, keras
from evoapproxnas.config import DataConfig, TrainingConfig
from evoapproxnas.training import deterministic, fit, load_dataset
deterministic(2)
from tests.training.models import conv_net
data = load_dataset(DataConfig(train_images=300))
def digest(noise):
    keras.utils.set_random_seed(noise)
    model = conv_net(dropout=0.3)
    fit(model, data, TrainingConfig(epochs=2), seed=4)
    return hashlib.sha256(b"".join(w.numpy().tobytes() for w in model.weights[:-1])).hexdigest()
deterministic(2)
first, second = digest(1), digest(2)
assert first == second, "same process"
print(first)
"""


def test_same_seed_and_threads_give_the_same_bits():
    digests = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", TRAIN], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        digests.append(done.stdout.strip())
    assert digests[0] == digests[1]


def test_threads_cannot_change_once_tensorflow_runs():
    import tensorflow as tf

    tf.constant(1) + 1
    with pytest.raises(ConfigError, match="already started"):
        deterministic(61)


def test_threads_must_be_positive():
    with pytest.raises(ConfigError, match="at least 1, got 0"):
        deterministic(0)
