import numpy as np
import pytest

from evoapproxnas.circuits import product_table, without_low_bits, without_partial_products
from evoapproxnas.circuits.generators import (
    broken_array_multiplier,
    broken_carry_save_multiplier,
    exact_multiplier,
    recursive_multiplier,
    sign_magnitude,
    truncated_multiplier,
)
from evoapproxnas.multipliers import exact_table, operand_values

_VALUES = operand_values(signed=True)


def _with_signs(unsigned: np.ndarray) -> np.ndarray:
    signs = np.sign(np.multiply.outer(_VALUES, _VALUES))
    return signs * unsigned[np.ix_(np.abs(_VALUES), np.abs(_VALUES))]


def test_exact_stays_exact() -> None:
    table = product_table(sign_magnitude(exact_multiplier("dadda")), signed=True)
    assert np.array_equal(table, exact_table(signed=True))


@pytest.mark.parametrize(
    ("generate", "arguments"),
    [(broken_carry_save_multiplier, (1, 6)), (recursive_multiplier, ("m1", 5))],
)
def test_families_without_a_signed_form_multiply_magnitudes(
    generate: object, arguments: tuple[object, ...]
) -> None:
    unsigned = product_table(generate(*arguments))  # type: ignore[operator]
    table = product_table(generate(*arguments, signed=True), signed=True)  # type: ignore[operator]
    assert np.array_equal(table, _with_signs(unsigned))


def test_signed_truncation_and_broken_arrays_are_those_of_baugh_and_wooley() -> None:
    dadda = exact_multiplier("dadda", signed=True)
    truncated = product_table(truncated_multiplier(3, signed=True), signed=True)
    assert np.array_equal(truncated, np.multiply.outer(_VALUES >> 3 << 3, _VALUES >> 3 << 3))
    assert np.array_equal(truncated, product_table(without_low_bits(dadda, a=3, b=3), signed=True))
    broken = product_table(broken_array_multiplier(1, 6, signed=True), signed=True)
    reduced = without_partial_products(dadda, rows=1, columns=6)
    assert np.array_equal(broken, product_table(reduced, signed=True))
