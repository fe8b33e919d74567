import numpy as np
import pytest

from evoapproxnas.errors import DatasetError
from evoapproxnas.training import accuracy, predict_logits
from tests.training.models import L, RoundTrip, conv_net, keras


@pytest.mark.parametrize("batch_size", [7, 100, 247, 1000])
def test_batches_do_not_change_the_logits(digits, batch_size):
    model = conv_net(dropout=0.5)
    expected = model(digits.x_val.astype("float32"), training=False)
    logits = predict_logits(model, digits.x_val, batch_size=batch_size)
    assert logits.dtype == np.float32
    np.testing.assert_allclose(logits, expected, rtol=1e-4, atol=1e-4)


def test_accuracy_is_the_fraction_of_right_answers(digits):
    model = conv_net()
    answers = predict_logits(model, digits.x_val).argmax(axis=1)
    wrong = (answers + 1) % 10
    half = np.where(np.arange(len(answers)) % 2 == 0, answers, wrong)
    assert accuracy(model, digits.x_val, answers) == 1
    assert accuracy(model, digits.x_val, wrong) == 0
    assert accuracy(model, digits.x_val, half) == pytest.approx(124 / 247)


def test_layers_in_numpy_are_evaluated(digits):
    inputs = L.Input((8, 8, 1))
    model = keras.Model(inputs, L.Dense(10)(L.Flatten()(RoundTrip()(inputs))))
    assert predict_logits(model, digits.x_val[:30], batch_size=20).shape == (30, 10)


def test_images_and_labels_must_correspond(digits):
    with pytest.raises(DatasetError, match="expected 247 labels"):
        accuracy(conv_net(), digits.x_val, digits.y_val[:-1])
    with pytest.raises(DatasetError, match="no image"):
        accuracy(conv_net(), digits.x_val[:0], digits.y_val[:0])
