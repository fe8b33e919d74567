import numpy as np
import pytest

from evoapproxnas.circuits import product_table
from evoapproxnas.errors import MultiplierError
from evoapproxnas.multipliers import load_library, narrow_exact, operand_values, verify_multiplier


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("widths", [(8, 4), (4, 8), (6, 6), (3, 2)])
def test_codes_of_the_widths_are_multiplied_exactly(widths: tuple[int, int], signed: bool) -> None:
    multiplier = narrow_exact(*widths, signed=signed)
    values = operand_values(signed=signed)
    a, w = ([value for value in values if _fits(value, bits, signed)] for bits in widths)
    assert (len(a), len(w)) == (2 ** widths[0], 2 ** widths[1])
    codes = np.ix_(np.array(a) & 255, np.array(w) & 255)
    assert np.array_equal(multiplier.table[codes], np.multiply.outer(a, w))


def _fits(value: int, bits: int, signed: bool) -> bool:
    half = 2 ** (bits - 1)
    return -half <= value < half if signed else value < 2 * half


def test_fewer_bits_cost_less() -> None:
    powers = [narrow_exact(8, bits).power_uw or 0 for bits in range(2, 9)]
    assert powers == sorted(powers)
    assert powers[-1] == load_library()["exact8"].power_uw
    assert powers[2] < 0.5 * powers[-1]


def test_they_are_found_by_name_but_not_listed() -> None:
    library, multiplier = load_library(), narrow_exact(8, 4)
    assert multiplier.name == "mul8u_exact_a8w4"
    assert library["mul8u_exact_a8w4"] is multiplier
    assert "mul8u_exact_a8w4" in library
    assert "mul8u_exact_a8w4" not in list(library)
    assert library.match(["mul8u_exact_a8w4", "exact8"]) == ("mul8u_exact", "mul8u_exact_a8w4")
    table = product_table(library.netlist("mul8u_exact_a8w4"))
    assert np.array_equal(table, multiplier.table)


def test_eight_by_eight_is_the_bundled_one() -> None:
    assert narrow_exact(8, 8) is load_library()["exact8"]
    assert narrow_exact(8, 8, signed=True) is load_library()["exact8s"]
    assert load_library()["mul8u_exact_a8w8"] is load_library()["exact8"]


@pytest.mark.parametrize("widths", [(1, 8), (8, 9)])
def test_impossible_widths_are_errors(widths: tuple[int, int]) -> None:
    with pytest.raises(MultiplierError, match="bits: expected 2 to 8, got"):
        narrow_exact(*widths)
    assert "mul8u_exact_a1w8" not in load_library()


def test_a_generated_circuit_has_no_file() -> None:
    assert load_library().is_generated("mul8u_exact_a4w4")
    assert not load_library().is_generated("mul8u_exact_a8w8")
    assert verify_multiplier(load_library(), "mul8u_exact_a4w4") == ()
    with pytest.raises(MultiplierError, match="is generated, it has no file"):
        load_library().netlist_path("mul8u_exact_a4w4")
