import numpy as np
import pytest

from evoapproxnas.circuits import product_table
from evoapproxnas.circuits.generators import drum_multiplier
from evoapproxnas.errors import NetlistError
from evoapproxnas.multipliers import operand_values


def _cut(values: np.ndarray, k: int) -> np.ndarray:
    """Hashemi et al., section 3: k bits from the leading one on, the lowest of them 1."""
    leading = np.frexp(values.astype(float))[1] - 1
    shift = np.maximum(leading - k + 1, 0)
    return np.where(shift > 0, (values >> shift | 1) << shift, values)


@pytest.mark.parametrize("segment", [3, 4, 5, 6, 7])
def test_the_table_is_that_of_the_published_algorithm(segment: int) -> None:
    operands = _cut(operand_values(signed=False), segment)
    table = product_table(drum_multiplier(segment))
    assert np.array_equal(table, np.multiply.outer(operands, operands))


def test_signed_ones_multiply_magnitudes() -> None:
    values = operand_values(signed=True)
    operands = np.sign(values) * _cut(np.abs(values), 4)
    table = product_table(drum_multiplier(4, signed=True), signed=True)
    assert np.array_equal(table, np.multiply.outer(operands, operands))


@pytest.mark.parametrize("segment", [2, 8])
def test_impossible_segments_are_errors(segment: int) -> None:
    with pytest.raises(NetlistError, match=r"segment must lie in 3\.\.7, got"):
        drum_multiplier(segment)
