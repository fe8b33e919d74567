import dataclasses

import numpy as np
import pytest

from evoapproxnas.errors import MultiplierError
from evoapproxnas.multipliers import CLOCK_MHZ, Multiplier, digest, exact_table


def test_a_multiplier_is_its_table() -> None:
    exact = Multiplier.from_table("one", exact_table(signed=False))
    same = Multiplier.from_table("two", exact_table(signed=False).astype(np.uint16))
    other = Multiplier.from_table("one", np.zeros((256, 256), np.uint8))
    assert exact.digest == same.digest != other.digest
    assert len(exact.digest) == 64


def test_signedness_is_part_of_the_identity() -> None:
    zero = np.zeros((256, 256), np.int32)
    assert digest(zero, signed=False) != digest(zero, signed=True)


def test_equality_and_hash_do_not_compare_arrays() -> None:
    first, second = (Multiplier.from_table("m", exact_table(signed=True), signed=True),) * 2
    assert first == second
    assert len({first, second}) == 1
    assert first != dataclasses.replace(first, power_uw=1.0)


def test_the_table_is_a_frozen_copy() -> None:
    source = exact_table(signed=False)
    multiplier = Multiplier.from_table("m", source)
    source[0, 0] = 9
    assert multiplier.table[0, 0] == 0
    assert multiplier.table.dtype == np.int32
    with pytest.raises(ValueError, match="read-only"):
        multiplier.table[0, 0] = 9


def test_energy_follows_from_power() -> None:
    multiplier = Multiplier.from_table("m", exact_table(signed=False), power_uw=391.0)
    assert multiplier.energy_pj == pytest.approx(391.0 / CLOCK_MHZ)
    assert Multiplier.from_table("m", exact_table(signed=False)).energy_pj is None


@pytest.mark.parametrize(
    ("table", "signed", "message"),
    [
        (np.zeros(65536, np.int32), False, r"shape \(256, 256\).*got \(65536,\)"),
        ([[1, 2], [3]], False, "not an array"),
        (np.zeros((256, 256)), False, "integers, got float64"),
        (np.full((256, 256), 65536), False, r"0\.\.65535, got 65536\.\.65536"),
        (np.full((256, 256), -1), False, "should signed=True be given"),
        (np.full((256, 256), 32768), True, "should signed=False be given"),
    ],
)
def test_unusable_tables_are_explained(table: object, signed: bool, message: str) -> None:
    with pytest.raises(MultiplierError, match=message):
        Multiplier.from_table("m", table, signed=signed)  # type: ignore[arg-type]


def test_unusable_names_and_costs_are_explained() -> None:
    with pytest.raises(MultiplierError, match="needs a name"):
        Multiplier.from_table("", exact_table(signed=False))
    with pytest.raises(MultiplierError, match=r"power_uw of 'm' .* got -1"):
        Multiplier.from_table("m", exact_table(signed=False), power_uw=-1)
    for cost in ("1", float("nan"), float("inf")):
        with pytest.raises(MultiplierError, match="delay_ns of 'm'"):
            Multiplier.from_table("m", exact_table(signed=False), delay_ns=cost)  # type: ignore[arg-type]
    for signed in ("yes", 1, None):
        with pytest.raises(MultiplierError, match="signed of 'm' must be True or False"):
            Multiplier.from_table("m", exact_table(signed=False), signed=signed)  # type: ignore[arg-type]
