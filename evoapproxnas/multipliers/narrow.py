"""Exact multipliers of narrow operands by name: mul8u_exact_a8w4 multiplies 8 by 4 bits.

They are the honest rivals of approximate circuits: a network quantized to fewer bits needs no
more than these. Every library knows them, and none lists them.
"""

import re
from dataclasses import dataclass, replace
from typing import Self

from evoapproxnas.circuits import Netlist
from evoapproxnas.errors import MultiplierError
from evoapproxnas.multipliers.catalog import CatalogEntry

_NAME = re.compile(r"mul8([us])_exact_a([2-8])w([2-8])")


@dataclass(frozen=True)
class OperandWidths:
    """Bits of activation and weight, 2 to 8, of an exact multiplier.

    Raises:
        MultiplierError: if a width is out of range.
    """

    activation_bits: int
    weight_bits: int
    signed: bool = False

    def __post_init__(self) -> None:
        """Check the widths."""
        for key in ("activation_bits", "weight_bits"):
            if getattr(self, key) not in range(2, 9):
                raise MultiplierError(f"{key}: expected 2 to 8, got {getattr(self, key)!r}")

    @classmethod
    def parse(cls, name: str) -> Self | None:
        """Read a name such as mul8s_exact_a6w4; None if it is of no such form."""
        match = _NAME.fullmatch(name)
        return cls(int(match[2]), int(match[3]), match[1] == "s") if match else None

    @property
    def name(self) -> str:
        """Name of the multiplier; that of 8 by 8 bits is the bundled exact one."""
        exact = f"mul8{'s' if self.signed else 'u'}_exact"
        full = self.activation_bits == self.weight_bits == 8
        return exact if full else f"{exact}_a{self.activation_bits}w{self.weight_bits}"

    @property
    def full_width(self) -> Self:
        """The same with 8 bits per operand."""
        return replace(self, activation_bits=8, weight_bits=8)

    def netlist(self) -> Netlist:
        """Generate the circuit."""
        from evoapproxnas.circuits.generators import narrow_multiplier

        return narrow_multiplier(self.activation_bits, self.weight_bits, signed=self.signed)

    def measure(self) -> CatalogEntry:
        """Compute the entry of this multiplier.

        The bundled exact one is of the same generator: all that differs is the width. Error
        figures are over all 65,536 codes, of which it reads the low bits.
        """
        return CatalogEntry.measure(
            self.name,
            self.netlist(),
            signed=self.signed,
            origin=f"exact, of {self.activation_bits}-bit activations and {self.weight_bits}-bit "
            "weights; three_greedy",
        )
