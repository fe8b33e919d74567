import numpy as np
import pytest

from evoapproxnas.circuits import (
    Netlist,
    product_table,
    without_low_bits,
    without_partial_products,
)
from evoapproxnas.circuits.generators import (
    broken_array_multiplier,
    broken_carry_save_multiplier,
    exact_multiplier,
    recursive_multiplier,
    truncated_multiplier,
)
from evoapproxnas.circuits.reduce import with_or_columns
from evoapproxnas.errors import NetlistError, UnknownNameError

_CODES = np.arange(256)
_PRODUCTS = np.multiply.outer(_CODES, _CODES)


@pytest.mark.parametrize(
    "architecture", ["array", "carry_save", "dadda", "wallace", "three_greedy"]
)
def test_exact_multipliers_multiply(architecture: str) -> None:
    values = np.where(_CODES < 128, _CODES, _CODES - 256)
    unsigned = exact_multiplier(architecture)  # type: ignore[arg-type]
    signed = exact_multiplier(architecture, signed=True)  # type: ignore[arg-type]
    assert np.array_equal(product_table(unsigned), _PRODUCTS)
    assert np.array_equal(product_table(signed, signed=True), np.multiply.outer(values, values))


def test_adders_are_mapped_to_cells() -> None:
    kinds = exact_multiplier("array").kinds()
    assert kinds == {"and2": 64, "half_adder": 8, "full_adder": 48}


@pytest.mark.parametrize("cut", [0, 3, 7])
def test_truncation_takes_low_bits_to_be_zero(exact: Netlist, cut: int) -> None:
    truncated = _CODES >> cut << cut
    table = product_table(truncated_multiplier(cut))
    assert np.array_equal(table, np.multiply.outer(truncated, truncated))
    assert np.array_equal(table, product_table(without_low_bits(exact, a=cut, b=cut)))


@pytest.mark.parametrize(("rows", "columns"), [(0, 0), (0, 5), (2, 7), (3, 9), (4, 12)])
def test_broken_array_omits_rows_of_b_and_columns(exact: Netlist, rows: int, columns: int) -> None:
    table = product_table(broken_array_multiplier(rows, columns))
    assert np.array_equal(table, _sum_of_partial_products(rows, columns))
    reduced = without_partial_products(exact, rows=rows, columns=columns)
    assert np.array_equal(table, product_table(reduced))


def test_broken_carry_save_without_rows_omits_columns() -> None:
    table = product_table(broken_carry_save_multiplier(0, 6))
    assert np.array_equal(table, _sum_of_partial_products(0, 6))


def test_recursive_multipliers_of_m1_cells_compute_3_times_3_as_7() -> None:
    assert np.array_equal(product_table(recursive_multiplier("m1", 0)), _PRODUCTS)
    one = product_table(recursive_multiplier("m1", 1))
    both_low_digits_are_3 = np.logical_and.outer(_CODES % 4 == 3, _CODES % 4 == 3)
    assert np.array_equal(one, _PRODUCTS - 2 * both_low_digits_are_3)


@pytest.mark.parametrize("cell", ["m2", "m3", "m4"])
def test_other_cells_in_the_low_digits_err_little(cell: str) -> None:
    table = product_table(recursive_multiplier(cell, 3))  # type: ignore[arg-type]
    assert 0 < np.abs(table - _PRODUCTS).max() < 100


def test_or_columns_are_exact_for_operands_without_collisions(exact: Netlist) -> None:
    table = product_table(with_or_columns(exact, columns=8))
    powers = 2 ** np.arange(8)
    assert np.array_equal(table[powers], _PRODUCTS[powers])
    assert np.array_equal(table[:, powers], _PRODUCTS[:, powers])
    assert table[3, 3] == 0b111  # 11 * 11: columns 1, 11 and 1 give 1, 1 and 1
    assert np.all(table <= _PRODUCTS)


def test_signed_partial_products_are_left_out_with_their_sign() -> None:
    table = product_table(
        without_partial_products(exact_multiplier("dadda", signed=True), columns=6), signed=True
    )
    values = np.where(_CODES < 128, _CODES, _CODES - 256)
    assert np.abs(table - np.multiply.outer(values, values)).max() == 321


@pytest.mark.parametrize(
    ("generate", "arguments", "error"),
    [
        (exact_multiplier, ("dada",), UnknownNameError),
        (truncated_multiplier, (8,), NetlistError),
        (broken_array_multiplier, (3, 2), NetlistError),
        (broken_carry_save_multiplier, (0, 16), NetlistError),
        (recursive_multiplier, ("m5", 1), UnknownNameError),
        (recursive_multiplier, ("m1", 17), NetlistError),
    ],
)
def test_impossible_parameters_are_errors(
    generate: object, arguments: tuple[object, ...], error: type[Exception]
) -> None:
    with pytest.raises(error):
        generate(*arguments)  # type: ignore[operator]


def _sum_of_partial_products(rows: int, columns: int) -> np.ndarray:
    bits = (_CODES[:, np.newaxis] >> np.arange(8)) & 1
    i, j = np.meshgrid(np.arange(8), np.arange(8), indexing="ij")
    weights = np.where((j >= rows) & (i + j >= columns), 2 ** (i + j), 0)
    return bits @ weights @ bits.T
