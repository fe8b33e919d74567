import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evoapproxnas.resilience.scores import accuracy, scores, squared_error


@given(st.integers(0, 2**32 - 1))
def test_probabilities_and_logits_give_the_same_scores(seed):
    logits = np.random.default_rng(seed).normal(scale=3, size=(6, 5)).astype(np.float32)
    exponentials = np.exp(logits)
    probabilities = exponentials / exponentials.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(scores(probabilities), scores(logits), atol=2e-3)
    np.testing.assert_allclose(scores(logits).mean(axis=1), 0, atol=1e-5)


def test_figures_are_means_over_images():
    rng = np.random.default_rng(0)
    values, labels = rng.normal(size=(40, 7)).astype(np.float32), rng.integers(7, size=40)
    assert accuracy(values, labels) == np.mean(values.argmax(1) == labels)
    assert squared_error(values, values + 2) == 4.0


def test_what_is_not_finite_says_nothing():
    values = scores(np.array([[np.nan, np.inf, -np.inf], [1.0, 2.0, 3.0]]))
    np.testing.assert_array_equal(values, [[0, 0, 0], [-1, 0, 1]])


def test_one_output_is_that_of_class_1():
    labels = np.array([1, 0, 1])
    logits = np.array([[0.3], [-0.2], [0.9]])  # all but one look like probabilities
    assert accuracy(scores(logits), labels) == 1
    chances = 1 / (1 + np.exp(-logits))
    for shape in ((3, 1), (3,)):
        said = scores(chances.reshape(shape), probabilities=True)
        np.testing.assert_allclose(said, scores(logits), rtol=1e-5)
