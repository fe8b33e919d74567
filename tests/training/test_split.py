import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evoapproxnas.training.datasets.split import stratified_order

labels = st.lists(st.integers(0, 5), min_size=1, max_size=80).map(np.array)


@given(labels)
def test_is_a_permutation(y):
    assert sorted(stratified_order(y)) == list(range(len(y)))


@given(labels, st.data())
def test_every_prefix_has_the_proportions_of_the_whole(y, data):
    cut = data.draw(st.integers(0, len(y)))
    order = stratified_order(y)
    whole = np.bincount(y, minlength=6)
    part = np.bincount(y[order[:cut]], minlength=6)
    # Each class is off by at most one image, plus what the other classes are off by.
    assert np.abs(part - cut * whole / len(y)).max() <= 6


def test_depends_on_labels_only():
    y = np.arange(1000) % 7
    np.random.default_rng(1)
    np.testing.assert_array_equal(stratified_order(y), stratified_order(y.copy()))


def test_mixes_the_images():
    order = stratified_order(np.zeros(1000, np.int64))
    assert abs(np.corrcoef(order, np.arange(1000))[0, 1]) < 0.1
