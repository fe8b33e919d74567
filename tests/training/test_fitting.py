import dataclasses

import keras
import numpy as np
import pytest

from evoapproxnas.config import DataConfig, TrainingConfig
from evoapproxnas.errors import ConfigError, DatasetError, TrainingDiverged
from evoapproxnas.training import Augmentation, accuracy, fit, load_dataset, one_cycle
from tests.training.models import L, RoundTrip, conv_net


@pytest.fixture(scope="module")
def few():
    return load_dataset(DataConfig(train_images=200))


def config(**options):
    return TrainingConfig(**{"epochs": 2, "batch_size": 32, "learning_rate": 4e-3, **options})


def weights(model):
    return b"".join(np.asarray(w).tobytes() for w in model.weights)


@pytest.mark.parametrize(
    "options",
    [
        {"optimizer": "adam", "learning_rate": 0.01},
        {
            "optimizer": "adamw",
            "learning_rate": 0.01,
            "weight_decay": 0.05,
            "label_smoothing": 0.1,
        },
        {"optimizer": "sgd", "learning_rate": 0.05, "weight_decay": 5e-4},
    ],
    ids=lambda options: options["optimizer"],
)
def test_learns_digits(digits, options):
    model = conv_net()
    result = fit(model, digits, config(epochs=6, **options), seed=0)
    assert result.loss < result.history[0].loss
    assert accuracy(model, digits.x_val, digits.y_val) > 0.9


def test_augmentation_makes_it_harder(digits):
    moved = dataclasses.replace(digits, augmentation=Augmentation(padding_px=2, flip=True))
    plain, varied = (fit(conv_net(), d, config(), seed=0).loss for d in (digits, moved))
    assert varied > plain + 0.1


def test_records_every_epoch(few):
    seen = []
    result = fit(conv_net(), few, config(epochs=3), seed=0, on_epoch=seen.append)
    assert tuple(seen) == result.history
    assert [r.epoch for r in seen] == [1, 2, 3]
    assert [r.steps for r in seen] == [6, 6, 6]  # 200 images are 6 whole batches of 32.
    assert (result.epochs, result.steps, result.stopped_by) == (3, 18, "epochs")
    assert seen[-1].learning_rate == one_cycle(17, total_steps=18, peak=4e-3)
    assert 0 <= result.train_accuracy <= 1
    assert result.seconds == seen[-1].seconds >= seen[0].seconds > 0


def test_same_seed_same_weights_whatever_the_global_state(few):
    runs = []
    for global_seed, seed in ((1, 5), (2, 5), (1, 6)):
        keras.utils.set_random_seed(global_seed)
        model = conv_net(dropout=0.5)
        fit(model, few, config(), seed=seed)
        runs.append([np.asarray(w) for w in model.trainable_variables])
    # Bit-identity is tested in test_determinism, where operations are deterministic.
    for a, b in zip(runs[0], runs[1], strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)
    assert any(np.abs(a - b).max() > 1e-3 for a, b in zip(runs[0], runs[2], strict=True))


def test_stops_when_time_is_up(few):
    result = fit(conv_net(), few, config(epochs=50, max_seconds=1e-3), seed=0)
    assert (result.stopped_by, result.epochs, result.steps) == ("max_seconds", 1, 1)


def test_a_sufficient_time_budget_changes_nothing(few):
    assert fit(conv_net(), few, config(max_seconds=600), seed=0).stopped_by == "epochs"


def test_batch_larger_than_the_data_set(few):
    assert fit(conv_net(), few, config(batch_size=1000), seed=0).steps == 2


def test_what_on_epoch_raises_ends_the_training(few):
    def stop(record):
        raise KeyboardInterrupt

    model = conv_net()
    with pytest.raises(KeyboardInterrupt):
        fit(model, few, config(), seed=0, on_epoch=stop)
    assert [b.momentum for b in model.layers if hasattr(b, "momentum")] == [0.99, 0.99]


def test_divergence_says_epoch_step_and_loss(few):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([L.Input((8, 8, 1)), L.Flatten(), L.Dense(30), L.Dense(10)])
    with pytest.raises(TrainingDiverged, match=r"epoch \d+, step \d+: loss (nan|inf) is not"):
        fit(model, few, config(optimizer="sgd", learning_rate=1e6, epochs=5), seed=0)


def test_weights_spoiled_by_the_last_step_are_noticed(few):
    model = keras.Sequential([L.Input((8, 8, 1)), L.Flatten(), L.Dense(10)])
    short = config(optimizer="sgd", epochs=1, batch_size=200)
    short = short.model_copy(update={"learning_rate": 3e38})  # No configuration may say so.
    with pytest.raises(TrainingDiverged, match="not finite after mean loss"):
        fit(model, few, short, seed=0)


def test_any_model_giving_logits_can_be_trained(digits):
    inner = keras.Sequential([L.Conv2D(16, 3, strides=2), L.BatchNormalization(), L.ReLU()])

    class Subclassed(keras.Model):
        def __init__(self):
            super().__init__()
            self.scale, self.twice, self.inner = L.Rescaling(1 / 255), RoundTrip(), inner
            self.flat, self.drop, self.head = L.Flatten(), L.Dropout(0.1), L.Dense(10)

        def call(self, x, training=False):
            x = self.inner(self.twice(self.scale(x)), training=training)
            return self.head(self.drop(self.flat(x), training=training))

    model = Subclassed()
    fit(model, digits, config(epochs=8, learning_rate=0.01), seed=0)
    assert accuracy(model, digits.x_test, digits.y_test) > 0.85


def test_batch_norm_statistics_follow_in_few_steps(digits):
    model = conv_net()
    fit(model, digits, config(epochs=1), seed=0)
    norm = next(layer for layer in model.layers if isinstance(layer, L.BatchNormalization))
    reach = keras.Model(model.input, norm.input)(digits.x_train.astype("float32"))
    np.testing.assert_allclose(norm.moving_mean, np.mean(reach, axis=(0, 1, 2)), atol=0.15)


def test_regularization_losses_count(few):
    def model(strength):
        head = L.Dense(
            10, kernel_regularizer=keras.regularizers.L2(strength), kernel_initializer="ones"
        )
        return keras.Sequential([L.Input((8, 8, 1)), L.Flatten(), head])

    plain, heavy = (fit(model(s), few, config(epochs=1), seed=0).loss for s in (0.0, 1.0))
    assert heavy > plain + 100


def test_label_smoothing_keeps_the_loss_up(few):
    options = config(epochs=30, learning_rate=0.01, label_smoothing=0.2)
    loss = fit(conv_net(), few, options, seed=0).loss
    floor = -(0.82 * np.log(0.82) + 9 * 0.02 * np.log(0.02))
    assert floor <= loss < floor + 0.3


def test_frozen_layers_stay(few):
    model = conv_net()
    model.layers[2].trainable = False
    before = np.asarray(model.layers[2].kernel).copy()
    fit(model, few, config(epochs=1), seed=0)
    np.testing.assert_array_equal(model.layers[2].kernel, before)


@pytest.mark.parametrize(
    ("model", "error", "message"),
    [
        (lambda: conv_net(shape=(16, 16, 1)), DatasetError, r"images of shape \(8, 8, 1\)"),
        (lambda: conv_net(classes=7), DatasetError, r"10 classes.*shape \(7,\)"),
        (lambda: conv_net(activation="softmax"), ConfigError, "ends in a softmax"),
        (
            lambda: keras.Sequential([L.Input((8, 8, 1)), L.Flatten(), L.Dense(10), L.Softmax()]),
            ConfigError,
            "ends in a softmax",
        ),
        (
            lambda: keras.Sequential(
                [L.Input((8, 8, 1)), L.Cropping2D(2), L.Flatten(), L.Dense(10, trainable=False)]
            ),
            ConfigError,
            "no trainable weight",
        ),
    ],
)
def test_models_that_do_not_fit(few, model, error, message):
    with pytest.raises(error, match=message):
        fit(model(), few, config(), seed=0)


def test_clipped_gradients_survive_a_rate_that_is_too_high(few):
    """With velocity 0.9, no step moves the weights further than 10 x rate x norm."""
    model = conv_net()
    before = [np.asarray(v) for v in model.trainable_variables]
    clipped = config(
        optimizer="sgd", learning_rate=1e3, schedule="cosine", clip_norm=1e-6, epochs=1
    )
    steps = fit(model, few, clipped, seed=0).steps
    after = [np.asarray(v) for v in model.trainable_variables]
    moved = sum(np.square(a - b).sum() for a, b in zip(after, before, strict=True)) ** 0.5
    assert 0 < moved < 10 * 1e3 * 1e-6 * steps
