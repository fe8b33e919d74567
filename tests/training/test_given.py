import numpy as np
import pytest

from evoapproxnas.config import DataConfig
from evoapproxnas.errors import DatasetError, UnknownNameError
from evoapproxnas.training import load_dataset
from evoapproxnas.training.datasets.given import as_dataset

RNG = np.random.default_rng(0)
X = RNG.integers(0, 256, (50, 4, 3), dtype=np.uint8)
Y = np.arange(50) % 2


def test_names_and_configurations_are_loaded_as_usual():
    digits = load_dataset(DataConfig(dataset="digits"))
    assert as_dataset(digits) is digits
    for data in ("digits", DataConfig(dataset="digits")):
        np.testing.assert_array_equal(as_dataset(data).x_val, digits.x_val)
    with pytest.raises(UnknownNameError, match="did you mean 'digits'"):
        as_dataset("digit")


def test_arrays_are_split_into_parts_of_all_classes():
    data = as_dataset((X, Y))
    sizes = [len(a) for a in (data.x_train, data.x_val, data.x_test)]
    assert sizes == [32, 8, 10]
    assert data.x_train.shape[1:] == (4, 3, 1)
    assert data.x_train.dtype == np.uint8
    assert data.classes == 2
    seen = np.concatenate([data.x_train, data.x_val, data.x_test])
    assert len(np.unique(seen.reshape(50, -1), axis=0)) == len(
        np.unique(X.reshape(50, -1), axis=0)
    )
    assert sorted(data.y_val) == [0] * 4 + [1] * 4
    assert as_dataset((X, Y)).name == data.name != as_dataset((X + 1, Y)).name


def test_test_arrays_stay_what_they_are():
    one_hot = np.eye(2)[Y]
    data = as_dataset(((X / 255, one_hot), (X[:7] / 255, one_hot[:7])))
    assert (len(data.x_train), len(data.x_val), len(data.x_test)) == (40, 10, 7)
    assert data.x_test.dtype == np.float32
    np.testing.assert_array_equal(data.y_test, Y[:7])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (3, "data must be the name"),
        ((X, Y, Y), "data must be the name"),
        ((X, Y[:9]), "class number for each of 50"),
        ((X, Y + 0.5), "class number"),
        ((X, Y.astype(str)), "class number for each of 50 images, got <U"),
        ((X, [None] * 50), "class number"),
        ((X, Y - 1), "classes from 0 on"),
        ((X[:3], Y[:3]), "at least 5 images"),
        ((X.astype(str), Y), "must be numbers"),
        (((X, Y), (X[:, :2], Y)), "one shape"),
    ],
)
def test_what_is_no_data_set_is_refused(data, message):
    with pytest.raises(DatasetError, match=message):
        as_dataset(data)
