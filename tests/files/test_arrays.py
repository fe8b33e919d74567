import io
import zipfile

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.errors import EvoApproxNASError, StoreError
from evoapproxnas.files import load_arrays, pack_arrays, save_arrays, unpack_arrays
from tests.mutation import changed

ARRAYS = {
    "a": np.arange(6, dtype=np.int32).reshape(2, 3),
    "b": np.asfortranarray(np.arange(6.0).reshape(3, 2)),
    "text": np.array("text"),
    "empty": np.zeros((0, 3)),
}


@pytest.mark.parametrize("compressed", [False, True])
def test_arrays_come_back_as_they_were(tmp_path, compressed):
    path = tmp_path / "arrays.npz"
    save_arrays(path, ARRAYS, compressed=compressed)
    loaded = load_arrays(path)
    assert list(loaded) == list(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(loaded[name], array)
        assert loaded[name].dtype == array.dtype
        assert loaded[name].flags.writeable


def test_what_would_take_too_much_memory_is_refused(tmp_path):
    path = tmp_path / "bomb.npz"
    save_arrays(path, {"a": np.zeros(10_000_000, np.uint8)}, compressed=True)
    with pytest.raises(StoreError, match="10,000,128 bytes, expected at most 1,000"):
        load_arrays(path, largest=1000)
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        head, {"descr": "<f8", "fortran_order": False, "shape": (10**12,)}
    )
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("a.npy", head.getvalue())
    with pytest.raises(StoreError, match="reshape"):
        load_arrays(path)


def test_objects_are_refused(tmp_path):
    path = tmp_path / "objects.npz"
    np.savez(path, a=np.array([{}], object))
    with pytest.raises(StoreError, match="objects"):
        load_arrays(path)


@settings(max_examples=100)
@given(st.data())
def test_a_changed_file_is_read_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("arrays") / "arrays.npz"
    save_arrays(path, ARRAYS, compressed=data.draw(st.booleans()))
    path.write_bytes(changed(data, path.read_bytes()))
    try:
        load_arrays(path)
    except EvoApproxNASError:
        pass


def test_arrays_travel_as_bytes_that_are_those_of_a_file(tmp_path):
    arrays = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b": np.array("text")}
    content = pack_arrays(arrays)
    assert pack_arrays(arrays) == content
    path = tmp_path / "arrays.npz"
    path.write_bytes(content)
    for read in (unpack_arrays(content, where="here"), load_arrays(path)):
        assert list(read) == list(arrays)
        assert all(np.array_equal(read[name], array) for name, array in arrays.items())
    with pytest.raises(StoreError, match="cannot read the message"):
        unpack_arrays(content[:-9], where="the message")
