"""Generators of multipliers: one family per file, all of them as netlists of A times B.

ariths   exact, truncated, broken-array, broken carry-save and recursive, from ariths-gen
narrow   exact, of 2 to 8 bits per operand
columns  adds up partial products
"""

from evoapproxnas.circuits.generators.ariths import (
    Architecture,
    TwoBitCell,
    broken_array_multiplier,
    broken_carry_save_multiplier,
    exact_multiplier,
    recursive_multiplier,
    truncated_multiplier,
)
from evoapproxnas.circuits.generators.narrow import narrow_multiplier

__all__ = [
    "Architecture",
    "TwoBitCell",
    "broken_array_multiplier",
    "broken_carry_save_multiplier",
    "exact_multiplier",
    "narrow_multiplier",
    "recursive_multiplier",
    "truncated_multiplier",
]
