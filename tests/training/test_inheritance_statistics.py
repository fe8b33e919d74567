"""Statistics of batch normalizations, measured anew."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from evoapproxnas.errors import DatasetError
from evoapproxnas.training import Augmentation
from evoapproxnas.training.inheritance import reestimate_batch_norm, statistics_images
from evoapproxnas.training.inheritance.statistics import settle_batch_norm

L = keras.layers


def _images(count=64):
    return np.random.default_rng(0).integers(0, 256, (count, 6, 6, 2), dtype=np.uint8)


def _model(**options):
    image = keras.Input((6, 6, 2))
    x = L.Dropout(0.5, seed=0)(L.Conv2D(4, 3, padding="same", name="conv")(image))
    x = L.BatchNormalization(name="first", **options)(x)
    x = L.ReLU()(x)
    return keras.Model(image, L.BatchNormalization(name="second")(x))


@pytest.mark.parametrize("batch", [64, 16, 8])
def test_statistics_are_those_of_all_images_without_dropout(batch):
    model, x = _model(), _images()
    expected = model.get_layer("conv")(x.astype(np.float32)).numpy().reshape(-1, 4)
    reestimate_batch_norm(model, x, batch=batch)
    layer = model.get_layer("first")
    np.testing.assert_allclose(layer.moving_mean.numpy(), expected.mean(axis=0), rtol=1e-3)
    np.testing.assert_allclose(layer.moving_variance.numpy(), expected.var(axis=0), rtol=1e-3)
    outputs = model(x.astype(np.float32), training=False).numpy()
    np.testing.assert_allclose(outputs.mean(axis=(0, 1, 2)), 0.0, atol=0.05)
    np.testing.assert_allclose(outputs.std(axis=(0, 1, 2)), 1.0, atol=0.05)
    assert not any("call" in vars(each) for each in model.layers)


def test_layers_of_models_inside_are_measured_and_frozen_ones_kept():
    model = _model(scale=False, trainable=False)
    outer = keras.Sequential([keras.Input((6, 6, 2)), model])
    reestimate_batch_norm(outer, _images())
    assert not model.get_layer("first").moving_mean.numpy().any()
    assert model.get_layer("second").moving_mean.numpy().any()


def test_statistics_do_not_depend_on_what_they_were():
    model = _model()
    reestimate_batch_norm(model, _images())
    once = [w.copy() for w in model.get_weights()]
    for _ in range(2):
        reestimate_batch_norm(model, _images())
    for a, b in zip(once, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_settled_channels_pass_through():
    model, x = _model(), _images()
    passed = np.array([True, False, True, False])
    before = L.ReLU()(model.get_layer("conv")(x.astype(np.float32))).numpy()
    settle_batch_norm(model, {"first": passed, "second": passed}, x)
    after = model(x.astype(np.float32), training=False).numpy()
    scale = np.abs(before).max()
    np.testing.assert_allclose(after[..., passed], before[..., passed], atol=1e-4 * scale)
    np.testing.assert_allclose(after[..., ~passed].std(axis=(0, 1, 2)), 1.0, atol=0.05)


def test_a_model_without_batch_norm_is_left_alone():
    model = keras.Sequential([keras.Input((6, 6, 2)), L.Conv2D(3, 3)])
    before = model.get_weights()
    reestimate_batch_norm(model, _images())
    for a, b in zip(before, model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_images_are_augmented_as_in_training(digits):
    assert digits.augmentation is None
    np.testing.assert_array_equal(statistics_images(digits, count=50), digits.x_train[:50])
    moved = replace(digits, augmentation=Augmentation(padding_px=1, flip=False))
    images = statistics_images(moved, count=50)
    assert images.shape == (50, 8, 8, 1)
    assert (images != digits.x_train[:50]).any()
    np.testing.assert_array_equal(images, statistics_images(moved, count=50))


def test_no_image_is_told():
    with pytest.raises(DatasetError, match="n > 0"):
        reestimate_batch_norm(_model(), _images(0))
