"""Generators of multipliers, as netlists of A times B: one family per file.

    ariths      exact, truncated, broken-array, broken carry-save, recursive: from ariths-gen
    or_columns  low columns without carries
    narrow      exact, of 2 to 8 bits per operand
    mitchell    logarithmic
    drum        dynamic-range
    registry    all families by name; `multipliers generate`

They share `columns` (adding up partial products), `leading_one` and `sign_magnitude`.
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
from evoapproxnas.circuits.generators.drum import drum_multiplier
from evoapproxnas.circuits.generators.mitchell import mitchell_multiplier
from evoapproxnas.circuits.generators.narrow import narrow_multiplier
from evoapproxnas.circuits.generators.or_columns import or_columns_multiplier
from evoapproxnas.circuits.generators.registry import FAMILIES, Family, family
from evoapproxnas.circuits.generators.sign_magnitude import sign_magnitude

__all__ = [
    "FAMILIES",
    "Architecture",
    "Family",
    "TwoBitCell",
    "broken_array_multiplier",
    "broken_carry_save_multiplier",
    "drum_multiplier",
    "exact_multiplier",
    "family",
    "mitchell_multiplier",
    "narrow_multiplier",
    "or_columns_multiplier",
    "recursive_multiplier",
    "sign_magnitude",
    "truncated_multiplier",
]
