from fractions import Fraction
from math import floor

import numpy as np
import pytest

from evoapproxnas.circuits import product_table
from evoapproxnas.circuits.generators import mitchell_multiplier
from evoapproxnas.errors import NetlistError
from evoapproxnas.multipliers import operand_values


def _mitchell(a: int, b: int, bits: int) -> int:
    """Mitchell 1962, equations for the antilogarithm, with x and y cut to `bits` bits."""
    if a == 0 or b == 0:
        return 0
    i, j = a.bit_length() - 1, b.bit_length() - 1
    x, y = (
        Fraction(floor((Fraction(n, 2**e) - 1) * 2**bits), 2**bits) for n, e in ((a, i), (b, j))
    )
    return floor(2 ** (i + j) * (1 + x + y) if x + y < 1 else 2 ** (i + j + 1) * (x + y))


@pytest.mark.parametrize("bits", [0, 3, 7])
def test_the_table_is_that_of_the_published_algorithm(bits: int) -> None:
    table = product_table(mitchell_multiplier(bits))
    # The formula takes long over all pairs: every row and column, in steps that share no factor.
    for a in range(256):
        for b in range(a % 5, 256, 5):
            assert table[a, b] == _mitchell(a, b, bits)


def test_it_is_exact_for_powers_of_two_and_never_above() -> None:
    table = product_table(mitchell_multiplier())
    exact = np.multiply.outer(np.arange(256), np.arange(256))
    powers = 2 ** np.arange(8)
    assert np.array_equal(table[powers], exact[powers])
    assert (table <= exact).all()
    assert (exact - table).max() / 2**16 == pytest.approx(0.0625)  # 3 * 2^6 times itself: 1/9


def test_signed_ones_multiply_magnitudes() -> None:
    values = operand_values(signed=True)
    unsigned = product_table(mitchell_multiplier(4))
    table = product_table(mitchell_multiplier(4, signed=True), signed=True)
    magnitudes = unsigned[np.ix_(np.abs(values), np.abs(values))]
    assert np.array_equal(table, np.sign(np.multiply.outer(values, values)) * magnitudes)


def test_impossible_fractions_are_errors() -> None:
    with pytest.raises(NetlistError, match=r"fraction_bits must lie in 0\.\.7, got 8"):
        mitchell_multiplier(8)
