"""A teacher in the steps of a training."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from evoapproxnas.config import DataConfig, TrainingConfig
from evoapproxnas.errors import ConfigError, DatasetError
from evoapproxnas.training import accuracy, fit, load_dataset
from evoapproxnas.training.distillation import Distillation
from tests.training.models import L, conv_net


@pytest.fixture(scope="module")
def few():
    return load_dataset(DataConfig(train_images=200))


def config(**options):
    values = {"epochs": 4, "batch_size": 32, "optimizer": "sgd", "learning_rate": 0.05}
    return TrainingConfig(**values | options)


def linear(kernel):
    inputs = L.Input((1, 1, 2))
    model = keras.Model(inputs, L.Dense(2, use_bias=False)(L.Flatten()(inputs)))
    model.set_weights([np.array(kernel, np.float32)])
    return model


def test_the_loss_is_the_stated_one():
    images = np.array([[1.0, 2.0], [3.0, -1.0]], np.float32).reshape(2, 1, 1, 2)
    logits = np.array([[0.5, -0.5], [1.0, 2.0]], np.float32)
    answers = images.reshape(2, 2) @ np.array([[1.0, 0.0], [0.5, 2.0]])
    labels = np.array([0.7, 0.2], np.float32)
    distillation = Distillation(teacher=linear([[1, 0], [0.5, 2]]), weight=0.25, temperature=3.0)
    found = distillation.loss(tf.constant(images), tf.constant(logits), tf.constant(labels))
    soft = np.exp(answers / 3) / np.exp(answers / 3).sum(axis=1, keepdims=True)
    log = logits / 3 - np.log(np.exp(logits / 3).sum(axis=1, keepdims=True))
    expected = 0.75 * labels - 0.25 * 9 * (soft * log).sum(axis=1)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_a_student_learns_what_labels_do_not_tell(digits, few):
    """Of 200 images alone it learns less than from the answers of who saw all."""
    teacher = conv_net()
    fit(teacher, digits, config(epochs=10), seed=0)
    before = teacher.get_weights()
    found = {}
    for name, options in (("alone", {}), ("taught", {"teacher": teacher})):
        student = conv_net(seed=3)
        settings = config(epochs=15, distillation_weight=0.9, distillation_temperature=4.0)
        fit(student, few, settings, seed=0, **options)
        logits = student(digits.x_val.astype("float32")), teacher(digits.x_val.astype("float32"))
        agree = np.mean(np.argmax(logits[0], axis=1) == np.argmax(logits[1], axis=1))
        found[name] = accuracy(student, digits.x_val, digits.y_val), agree
    assert found["taught"] > found["alone"]
    for weight, own in zip(teacher.get_weights(), before, strict=True):
        np.testing.assert_array_equal(weight, own)


def test_a_checkpoint_knows_its_teacher(few, tmp_path):
    path = tmp_path / "state.npz"

    def run(teacher):
        return fit(conv_net(), few, config(), seed=1, teacher=teacher, checkpoint=path)

    run(conv_net(seed=5))
    assert run(conv_net(seed=5)).epochs == 4
    with pytest.raises(ConfigError, match=r"teacher: '[0-9a-f]{12}' there, None now"):
        run(None)
    with pytest.raises(ConfigError, match="teacher: '"):
        run(conv_net(seed=6))


def test_a_teacher_of_other_images_or_classes_is_refused(few):
    with pytest.raises(DatasetError, match=r"images of shape \(8, 8, 1\)"):
        fit(conv_net(), few, config(), seed=0, teacher=conv_net(shape=(16, 16, 1)))
    with pytest.raises(DatasetError, match=r"10 classes.*shape \(7,\)"):
        fit(conv_net(), few, config(), seed=0, teacher=conv_net(classes=7))
    with pytest.raises(ConfigError, match="ends in a softmax"):
        fit(conv_net(), few, config(), seed=0, teacher=conv_net(activation="softmax"))


def test_a_frozen_teacher_is_one(few):
    teacher = conv_net()
    teacher.trainable = False
    assert fit(conv_net(), few, config(epochs=1), seed=0, teacher=teacher).epochs == 1
