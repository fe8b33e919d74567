import subprocess
import sys

import pytest

from evoapproxnas.errors import ConfigError
from evoapproxnas.training import deterministic

TRAIN = """
import hashlib, keras, sys
from pathlib import Path
from evoapproxnas.config import DataConfig, TrainingConfig
from evoapproxnas.training import deterministic, fit, load_dataset
deterministic(2)
from tests.training.models import conv_net
from tests.training.test_mixed_precision import network
data = load_dataset(DataConfig(train_images=300))
config = TrainingConfig(epochs=2, ema_decay=0.9, optimizer="muon", learning_rate=0.1)
if sys.argv[2] == "bfloat16":
    config = config.model_copy(update={"precision": "bfloat16", "batch_size": 128})
def digest(noise, **options):
    keras.utils.set_random_seed(noise)
    model = network() if sys.argv[2] == "bfloat16" else conv_net(dropout=0.3)
    fit(model, data, config, seed=4, **options)
    return hashlib.sha256(b"".join(w.numpy().tobytes() for w in model.weights[:-1])).hexdigest()
deterministic(2)
first, second = digest(1), digest(2)
assert first == second, "same process"
checkpoint = Path(sys.argv[1])
try:
    digest(1, checkpoint=checkpoint, on_epoch=lambda record: 1 / 0)
except ZeroDivisionError:
    pass
assert digest(3, checkpoint=checkpoint) == first, "resumed"
print(first)
"""


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_same_seed_and_threads_give_the_same_bits(tmp_path, precision):
    digests = []
    for run in range(2):
        command = [sys.executable, "-c", TRAIN, str(tmp_path / f"{run}.npz"), precision]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
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
