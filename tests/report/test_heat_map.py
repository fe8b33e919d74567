import numpy as np
import pytest

from evoapproxnas.errors import MultiplierError
from evoapproxnas.multipliers import Multiplier, error_map, exact_table
from evoapproxnas.report.heat_map import heat_map_text


def test_blocks_are_ordered_by_operand_value() -> None:
    table = exact_table(signed=True)
    table[128:144, 127] += 160  # activations -128..-113, weight 127
    errors = error_map(table, signed=True)
    assert errors[0, 15] == pytest.approx(10)
    assert np.count_nonzero(errors) == 1
    rows = heat_map_text(Multiplier.from_table("m", table, signed=True)).splitlines()
    assert rows[1].startswith(" -128 |")
    assert rows[1].endswith("@@|")


def test_blocks_divide_the_operands() -> None:
    exact = Multiplier.from_table("m", exact_table(signed=False))
    assert "@ = 0" in heat_map_text(exact)
    with pytest.raises(MultiplierError, match="must divide 256, got 7"):
        error_map(exact.table, signed=False, blocks=7)
