import numpy as np
import pytest
import tensorflow as tf

from evoapproxnas.emulation.operation.host_memory import ALIGNMENT, array_of, tensor_of


def placed(size: int, offset: int) -> np.ndarray:
    """Return `size` numbers that begin so many bytes behind an aligned address."""
    room = np.zeros(4 * size + 2 * ALIGNMENT, np.uint8)
    start = -room.ctypes.data % ALIGNMENT + offset
    return room[start : start + 4 * size].view(np.float32)


@pytest.mark.parametrize("offset", [0, 4, 16])
def test_values_survive_whatever_the_alignment(offset: int) -> None:
    array = placed(24, offset)
    array[:] = np.arange(24)
    tensor = tensor_of(array.reshape(2, 3, 4))
    del array
    expected = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    np.testing.assert_array_equal(tensor + tf.ones_like(tensor), expected + 1)
    np.testing.assert_array_equal(array_of(tensor), expected)


def test_large_arrays_are_not_copied() -> None:
    array = placed(1000, 0)
    tensor = tensor_of(array)
    again = array_of(tensor)
    assert np.shares_memory(array, again)
    assert again.flags.writeable  # one compilation of a kernel is enough
    del tensor, array
    np.testing.assert_array_equal(again, np.zeros(1000))


def test_empty_arrays_and_parts_of_others() -> None:
    assert tensor_of(np.zeros((0, 3), np.float32)).shape == (0, 3)
    part = np.arange(12, dtype=np.float32).reshape(3, 4)[:, ::2]
    np.testing.assert_array_equal(tensor_of(part), part)
    assert array_of(tf.constant(7)) == 7
