import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.circuits import power_uw, product_table
from evoapproxnas.circuits.generators import exact_multiplier, narrow_multiplier
from evoapproxnas.errors import NetlistError

_WIDTHS = st.integers(2, 8)
_CODES = np.arange(256)


@settings(max_examples=20, deadline=None)
@given(a=_WIDTHS, w=_WIDTHS, signed=st.booleans())
def test_it_multiplies_the_low_bits(a: int, w: int, signed: bool) -> None:
    def values(bits: int) -> np.ndarray:
        low = _CODES % 2**bits
        return np.where(low >= 2 ** (bits - 1), low - 2**bits, low) if signed else low

    table = product_table(narrow_multiplier(a, w, signed=signed), signed=signed)
    assert np.array_equal(table, np.multiply.outer(values(a), values(w)))


@pytest.mark.parametrize("signed", [False, True])
def test_three_greedy_needs_the_least_power(signed: bool) -> None:
    powers = {
        architecture: power_uw(exact_multiplier(architecture, signed=signed))  # type: ignore[arg-type]
        for architecture in ("array", "carry_save", "dadda", "wallace", "three_greedy")
    }
    assert min(powers, key=powers.__getitem__) == "three_greedy"


def test_unread_bits_cost_nothing() -> None:
    netlist = narrow_multiplier(4, 3)
    read = {net for cell in netlist.cells for net in cell.inputs if net < 18}
    assert read == {2, 3, 4, 5, 10, 11, 12}


@pytest.mark.parametrize("widths", [(1, 8), (8, 9)])
def test_impossible_widths_are_errors(widths: tuple[int, int]) -> None:
    with pytest.raises(NetlistError, match=r"_bits must lie in 2\.\.8, got"):
        narrow_multiplier(*widths)
