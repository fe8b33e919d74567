"""Byte-sized terms: exact, in range, and few where the table allows."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.errors import MultiplierError
from evoapproxnas.multipliers import digits, exact_table, factorize_bytes, load_library
from evoapproxnas.multipliers.byte_terms import WORD_BITS

EVOAPPROX = Path(os.environ.get("EVOAPPROXNAS_DATA", "/work/shared/data")) / "evoapprox8u"
CODES = np.arange(256)


def check(table: np.ndarray) -> int:
    """Check exactness and form; return the number of terms."""
    found = factorize_bytes(table)
    np.testing.assert_array_equal(found.table(), table)
    assert found.features.dtype == np.uint8
    assert len(found.features) <= found.terms
    return found.terms


@pytest.mark.parametrize(
    ("name", "terms"),
    [("mul8u_exact", 2), ("mul8s_exact", 2), ("mul8u_trunc_a2_w2", 1), ("mul8u_bam_h0_v7", 8),
     ("mul8u_or3_v0", 6), ("mul8s_or4_v0", 13), ("mul8u_or13_v11", 15)],
)  # fmt: skip
def test_bundled_circuits(name: str, terms: int) -> None:
    assert check(load_library()[name].table) <= terms


@pytest.mark.parametrize(
    ("file", "most"), [("1JFF", 2), ("125K", 6), ("GS2", 9), ("2AC", 12), ("17KS", 24)]
)
def test_evoapproxlib_circuits(file: str, most: int) -> None:
    path = EVOAPPROX / f"mul8u_{file}.bin"
    if not path.is_file():
        pytest.skip(f"{path} is absent; set EVOAPPROXNAS_DATA to the folder of evoapprox8u")
    assert check(np.fromfile(path, "<u2").reshape(256, 256).astype(np.int32)) <= most


@pytest.mark.parametrize("signed", [False, True])
def test_random_tables(signed: bool) -> None:
    low, high = (-(2**15), 2**15) if signed else (0, 2**16)
    table = np.random.default_rng(0).integers(low, high, (256, 256)).astype(np.int32)
    assert 256 <= check(table) <= 512


def test_what_depends_on_the_weight_alone_is_no_term() -> None:
    assert check(np.zeros((256, 256), np.int32)) == 0
    assert check(np.broadcast_to(CODES * 250, (256, 256))) == 0
    products = exact_table(signed=False).astype(np.int64)
    assert check(products - CODES * 100 + 7) == 2
    assert check(np.outer(CODES - 200, CODES >> 1)) == 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(-(2**24), 2**24), min_size=1, max_size=20), st.integers(0, 7))
def test_digits(values: list[int], zeros: int) -> None:
    numbers = np.array(values, np.int64) << zeros
    found = digits(numbers)
    total = sum((digit.astype(np.int64) << shift for shift, digit in found), np.zeros(1, np.int64))
    np.testing.assert_array_equal(np.broadcast_to(total, numbers.shape), numbers)
    assert len({shift for shift, _ in found}) == len(found)
    assert all(np.abs(digit.astype(np.int64)).max() <= 127 for _, digit in found)


def test_few_digits() -> None:
    assert len(digits(np.array([-127, 127]) * 64)) == 1
    assert len(digits(np.array([-128, 127]))) == 2
    assert len(digits(np.array([-255, 255]))) == 2
    (_, _), (_, high) = digits(np.array([127, -100, 255]))
    assert list(high[:2]) == [0, 0]  # packing drops what is zero


@given(numbers=st.lists(st.integers(-(2**24), 2**24), min_size=1, max_size=5))
def test_words_are_wide_digits(numbers: list[int]) -> None:
    values = np.array(numbers, np.int64)
    found = digits(values, bits=WORD_BITS)
    assert all(digit.dtype == np.int16 and np.abs(digit).max() <= 32767 for _, digit in found)
    total = sum(digit.astype(np.int64) << shift for shift, digit in found)
    np.testing.assert_array_equal(total, values)
    assert len(digits(np.array([-255, 255, 32767]), bits=WORD_BITS)) == 1


def test_wrong_tables() -> None:
    with pytest.raises(MultiplierError, match=r"\(256, 256\)"):
        factorize_bytes(np.zeros((256, 255), np.int32))
