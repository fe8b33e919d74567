"""An interrupted training goes on as if nothing had happened."""

import dataclasses

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.config import DataConfig, TrainingConfig
from evoapproxnas.errors import ConfigError, EvoApproxNASError, StoreError
from evoapproxnas.files import load_arrays, save_arrays
from evoapproxnas.training import Augmentation, accuracy, fit, load_dataset
from evoapproxnas.training.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from evoapproxnas.training.result import EpochRecord
from tests.mutation import changed
from tests.training.models import L, conv_net


@pytest.fixture(scope="module")
def few():
    return load_dataset(DataConfig(train_images=200))


def config(**options):
    values = {"epochs": 4, "batch_size": 32, "optimizer": "sgd", "learning_rate": 0.05}
    return TrainingConfig(**{**values, **options})


class Killed(Exception):
    pass


def interrupt_after(epochs):
    def on_epoch(record):
        if record.epoch == epochs:
            raise Killed

    return on_epoch


def interrupted(path, few, epochs, settings, **options):
    with pytest.raises(Killed):
        fit(
            conv_net(dropout=0.3),
            few,
            settings,
            seed=3,
            checkpoint=path,
            on_epoch=interrupt_after(epochs),
            **options,
        )


@pytest.mark.parametrize(
    "options",
    [
        {"ema_decay": 0.9},
        {"optimizer": "adam", "learning_rate": 4e-3},
        {"optimizer": "muon", "weight_decay": 0.1},
    ],
    ids=["sgd and average", "adam", "muon"],
)
def test_resumed_equals_uninterrupted(few, tmp_path, options):
    whole = conv_net(dropout=0.3)
    expected = fit(whole, few, config(**options), seed=3, keep_best=True)
    path = tmp_path / "new folder" / "state.npz"
    interrupted(path, few, 2, config(**options), keep_best=True)
    model = conv_net(seed=7, dropout=0.3)  # Its weights are replaced by those of the checkpoint.
    seen = []
    result = fit(
        model,
        few,
        config(**options),
        seed=3,
        keep_best=True,
        checkpoint=path,
        on_epoch=lambda record: seen.append(record.epoch),
    )
    assert seen == [3, 4]
    assert [r.epoch for r in result.history] == [1, 2, 3, 4]
    assert result.selected.epoch == expected.selected.epoch
    seconds = [r.seconds for r in result.history]
    assert seconds == sorted(seconds)
    for a, b in zip(whole.get_weights(), model.get_weights(), strict=True):
        # Bit for bit after deterministic(), see test_determinism.
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-5)


def test_a_finished_training_only_gives_its_weights(few, tmp_path):
    path = tmp_path / "state.npz"
    model, again = conv_net(), conv_net(seed=9)
    first = fit(model, few, config(), seed=3, checkpoint=path)
    second = fit(again, few, config(), seed=3, checkpoint=path)
    assert second.history == first.history
    for a, b in zip(model.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_keeps_the_best_epoch(few):
    model = conv_net()

    def spoil(record):
        if record.epoch == 2:
            model.set_weights([0 * w for w in model.get_weights()])

    result = fit(model, few, config(), seed=0, keep_best=True, on_epoch=spoil)
    assert result.selected.epoch <= 2
    assert result.history[-1].val_accuracy < 0.3
    assert accuracy(model, few.x_val, few.y_val) == result.selected.val_accuracy > 0.5


def test_an_epoch_cut_short_is_not_written(few, tmp_path):
    path = tmp_path / "state.npz"
    result = fit(conv_net(), few, config(max_seconds=1e-3), seed=3, checkpoint=path)
    assert (result.stopped_by, path.exists()) == ("max_seconds", False)


def test_a_checkpoint_of_another_training_is_refused(few, tmp_path):
    path = tmp_path / "state.npz"
    interrupted(path, few, 1, config())

    def again(settings=None, data=few, seed=3, model=None):
        model = model or conv_net(dropout=0.3)
        fit(model, data, settings or config(), seed=seed, checkpoint=path)

    with pytest.raises(ConfigError, match=r"learning_rate: 0.05 there, 0.1 now\)"):
        again(config(learning_rate=0.1))
    with pytest.raises(ConfigError, match="seed: 3 there, 4 now"):
        again(seed=4)
    with pytest.raises(ConfigError, match="augmentation: None there"):
        again(data=dataclasses.replace(few, augmentation=Augmentation(padding_px=1, flip=False)))
    with pytest.raises(ConfigError, match="images: '"):
        again(data=dataclasses.replace(few, x_train=few.x_train[::-1]))
    with pytest.raises(ConfigError, match="weights: 1"):
        again(model=keras.Sequential([L.Input((8, 8, 1)), L.Flatten(), L.Dense(10)]))


def test_a_training_that_goes_on_sees_other_images(few):
    found = []
    for passes in (0, 0, 2):
        model = conv_net()
        fit(model, few, config(epochs=1), seed=3, passes_before=passes)
        found.append(model.get_weights()[0])
    np.testing.assert_allclose(found[0], found[1], rtol=1e-3, atol=1e-5)
    assert np.abs(found[0] - found[2]).max() > 1e-3


def test_more_time_is_not_another_training(few, tmp_path):
    path = tmp_path / "state.npz"
    interrupted(path, few, 1, config(max_seconds=500))
    assert fit(conv_net(dropout=0.3), few, config(), seed=3, checkpoint=path).epochs == 4


def test_a_damaged_checkpoint_says_what_to_do(few, tmp_path):
    path = tmp_path / "state.npz"
    interrupted(path, few, 1, config())
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(StoreError, match="remove it to train from the start"):
        fit(conv_net(dropout=0.3), few, config(), seed=3, checkpoint=path)


def test_arrays_of_another_model_are_told(few, tmp_path):
    path = tmp_path / "state.npz"
    interrupted(path, few, 1, config())
    arrays = load_arrays(path)
    for wrong in ({"state_0000": np.zeros(3)}, {"state_9999": np.zeros(3)}):
        save_arrays(path, arrays | wrong)
        with pytest.raises(StoreError, match="remove it to train from the start"):
            fit(conv_net(dropout=0.3), few, config(), seed=3, checkpoint=path)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_changed_checkpoint_is_read_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("checkpoint") / "state.npz"
    record = EpochRecord(
        epoch=1,
        steps=2,
        loss=0.5,
        accuracy=0.5,
        learning_rate=0.1,
        seconds=1.0,
        images_per_second=9.0,
    )
    recipe = {"seed": 3, "training": {"epochs": 4}}
    state = (np.arange(3.0), np.array(7))
    save_checkpoint(path, Checkpoint(recipe=recipe, history=(record,), state=state, selected=()))
    assert load_checkpoint(path, recipe).history == (record,)
    path.write_bytes(changed(data, path.read_bytes()))
    try:
        load_checkpoint(path, recipe)
    except EvoApproxNASError:
        pass


def test_a_checkpoint_that_cannot_be_written(few, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot use folder"):
        fit(conv_net(), few, config(), seed=3, checkpoint=tmp_path / "file" / "state.npz")
