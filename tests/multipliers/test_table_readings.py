"""Arrays of products in the orders and number formats in which people have them."""

import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evoapproxnas.errors import EvoApproxNASError, MultiplierError
from evoapproxnas.multipliers import exact_table
from evoapproxnas.multipliers.table_readings import read_values

_VALUE_ORDER = np.arange(256) ^ 128


def _rough(*, signed: bool) -> np.ndarray:
    """A multiplier with small errors that is not commutative."""
    values = np.arange(256)
    if signed:
        values = np.where(values < 128, values, values - 256)
    return np.multiply.outer(values & ~3, values)


_WRITTEN: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "plus 32768": lambda table: table + 32768,
    "value order": lambda table: table[np.ix_(_VALUE_ORDER, _VALUE_ORDER)],
    "rows in value order": lambda table: table[_VALUE_ORDER],
    "columns in value order": lambda table: table[:, _VALUE_ORDER],
    "plus 32768 and .* value order": lambda t: t[np.ix_(_VALUE_ORDER, _VALUE_ORDER)] + 32768,
    "two's complement and .* value order": lambda table: table[_VALUE_ORDER] & 0xFFFF,
}


@pytest.mark.parametrize("dtype", [np.int64, np.float32, np.int32])
@pytest.mark.parametrize("words", list(_WRITTEN))
def test_signed_tables_are_known_by_what_makes_a_product(words: str, dtype: type) -> None:
    table = _rough(signed=True)
    read = read_values("m", _WRITTEN[words](table).astype(dtype), signed=True)
    assert np.array_equal(read.table, table)
    assert len(read.notes) == 1
    assert re.search(f"read as .*{words}.*instead of", read.notes[0])


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.float64, np.float32, ">i4"])
def test_a_plain_table_needs_no_words(signed: bool, dtype: type) -> None:
    table = _rough(signed=signed)
    read = read_values("m", table.astype(dtype), signed=signed)
    assert np.array_equal(read.table, table)
    assert read.table.dtype == np.int32
    assert read.notes == ()


@pytest.mark.parametrize("signed", [False, True])
def test_sixteen_bits_may_be_patterns(signed: bool) -> None:
    table = _rough(signed=signed)
    for dtype in (np.uint16, np.int16):
        read = read_values("m", (table & 0xFFFF).astype(np.uint16).view(dtype), signed=signed)
        assert np.array_equal(read.table, table)


def test_bytes_of_a_file_may_be_in_the_other_order() -> None:
    for signed in (False, True):
        patterns = (_rough(signed=signed) & 0xFFFF).astype(np.uint16)
        read = read_values("m", patterns.byteswap(), signed=signed, any_bytes=True)
        assert np.array_equal(read.table, _rough(signed=signed))
        assert "read as big-endian numbers" in read.notes[0]


@pytest.mark.parametrize("shape", [(65536,), (65536, 1), (256, 256, 1), (16, 16, 256)])
def test_other_shapes_are_read_row_by_row(shape: tuple[int, ...]) -> None:
    read = read_values("m", _rough(signed=False).reshape(shape), signed=False)
    assert np.array_equal(read.table, _rough(signed=False))
    assert read.notes == (f"shape {shape} is read row by row",)


def test_a_rough_multiplier_is_left_as_it_is() -> None:
    for signed in (False, True):
        zero = np.zeros((256, 256), int)
        assert read_values("m", zero, signed=signed).notes == ()
        noise = np.random.default_rng(0).integers(0, 32768, (256, 256))
        assert np.array_equal(read_values("m", noise, signed=signed).table, noise)


@pytest.mark.parametrize("words", list(_WRITTEN))
def test_the_other_sign_is_noticed_in_any_order(words: str) -> None:
    with pytest.raises(MultiplierError, match="signed=True"):
        read_values("m", _WRITTEN[words](_rough(signed=True)), signed=False)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (np.zeros((256, 255), int), r"must have shape \(256, 256\).* got \(256, 255\)"),
        (np.full((256, 256), 0.5), "must hold integers, got float64 with fractions; round it"),
        (np.full((256, 256), np.nan), "products of 16 bits, got nan..nan"),
        (np.full((256, 256), np.inf, np.float16), "products of 16 bits, got inf..inf"),
        (np.full((256, 256), 2**63, np.uint64), "products of 16 bits, got 9223372036854775808"),
        (np.full((256, 256), "1"), "must hold integers, got <U1"),
        (np.zeros((256, 256), bool), "must hold integers, got bool"),
        (np.zeros((256, 256), complex), "must hold integers, got complex128"),
        (exact_table(signed=False) * 2, r"must lie in 0..65535, got 0..130050$"),
        (exact_table(signed=True) * 2, r"must lie in 0..65535, got -32512..32768"),
    ],
)
def test_what_is_no_table_is_explained(values: np.ndarray, message: str) -> None:
    with pytest.raises(MultiplierError, match=message):
        read_values("m", values, signed=False)


@given(
    st.sampled_from(["i1", "u2", "i8", "u8", "f2", "f4", "f8", "f16", "c8", "S1", "M8[s]", "O"]),
    st.binary(min_size=32, max_size=32),
    st.booleans(),
)
def test_any_array_is_read_or_refused(dtype: str, seed: bytes, signed: bool) -> None:
    if dtype == "O":
        values = np.array([None, seed] * 32768, object)
    else:
        values = np.resize(np.frombuffer(seed, dtype), 65536)
    try:
        read = read_values("m", values, signed=signed)
    except EvoApproxNASError:
        return
    assert read.table.shape == (256, 256)
