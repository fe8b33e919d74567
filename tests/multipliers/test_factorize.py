"""The factorization is exact, its factors narrow, and its terms few where the table allows."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.errors import MultiplierError
from evoapproxnas.multipliers import exact_table, factorize, load_library

EVOAPPROX = Path(os.environ.get("EVOAPPROXNAS_DATA", "/work/shared/data")) / "evoapprox8u"
CODES = np.arange(256)


def check(table: np.ndarray, bits: int = 8) -> int:
    """Check exactness and width; return the number of terms."""
    found = factorize(table, significant_bits=bits)
    np.testing.assert_array_equal(found.table(), table)
    for factor in (found.activation, found.weight):
        magnitude = np.abs(factor.astype(np.int64))
        odd = magnitude // np.maximum(magnitude & -magnitude, 1)
        assert odd.max(initial=0) < 2**bits
    assert found.largest_partial_sum >= np.abs(table).max()
    return found.terms


CONSTRUCTED = sorted(name for name in load_library() if "_evo_" not in name)
EVOLVED = sorted(set(load_library()) - set(CONSTRUCTED))


@pytest.mark.parametrize("name", CONSTRUCTED)
def test_terms_of_constructed_circuits_are_as_few_as_the_rank(name: str) -> None:
    table = load_library()[name].table
    rank = np.linalg.matrix_rank(table.astype(np.float64))
    assert rank <= check(table) <= max(rank + 4, 1.03 * rank)


@pytest.mark.parametrize("name", EVOLVED[::8])
def test_evolved_circuits(name: str) -> None:
    check(load_library()[name].table)


@pytest.mark.parametrize(
    ("file", "most"),
    [("1JFF", 1), ("Y48", 2), ("1446", 2), ("125K", 5), ("GS2", 8), ("QJD", 12), ("CK5", 11),
     ("2AC", 13), ("QKX", 53), ("17KS", 25), ("DM1", 84), ("185Q", 193), ("12N4", 249)],
)  # fmt: skip
def test_evoapproxlib_circuits(file: str, most: int) -> None:
    path = EVOAPPROX / f"mul8u_{file}.bin"
    if not path.is_file():
        pytest.skip(f"{path} is absent; set EVOAPPROXNAS_DATA to the folder of evoapprox8u")
    table = np.fromfile(path, "<u2").reshape(256, 256).astype(np.int32)
    assert check(table) <= most


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("bits", [4, 8, 24])
def test_random_tables(signed: bool, bits: int) -> None:
    low, high = (-(2**15), 2**15) if signed else (0, 2**16)
    table = np.random.default_rng(0).integers(low, high, (256, 256)).astype(np.int32)
    assert check(table, bits) == {4: 4 * 256, 8: 2 * 256, 24: 256}[bits]


@pytest.mark.parametrize("signed", [False, True])
def test_single_terms(signed: bool) -> None:
    exact = exact_table(signed=signed)
    values = exact[:, 1]
    assert check(exact) == 1
    assert check(np.outer(values & ~7, values & ~31)) == 1
    kept = np.where(CODES > 15, CODES & 0xF0, CODES)  # neither bits nor a mask
    assert check(np.outer(kept, CODES)) == 1


def test_zero_and_constant_tables() -> None:
    zeros = np.zeros((256, 256), np.int32)
    assert check(zeros) == 0
    assert check(zeros + 7) == 1
    assert check(zeros - 511) == 2


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 255)] * 3), min_size=1, max_size=6))
def test_sums_of_masked_products(parts: list[tuple[int, int, int]]) -> None:
    table = sum(
        ((CODES & one)[:, None] * (CODES & other)) >> (drop & 3) << (drop & 3)
        for one, other, drop in parts
    )
    assert check(np.asarray(table)) <= 2 * 256


@pytest.mark.parametrize(
    ("table", "message"),
    [(np.zeros((256, 255), np.int32), r"\(256, 256\)"), (np.zeros((256, 256)), "float64")],
)
def test_wrong_tables(table: np.ndarray, message: str) -> None:
    with pytest.raises(MultiplierError, match=message):
        factorize(table)


def test_wrong_width() -> None:
    with pytest.raises(MultiplierError, match="at least 1, got 0"):
        factorize(exact_table(signed=False), significant_bits=0)
