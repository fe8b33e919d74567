"""The vector registers of CPUs that have inner products, and the instructions for these.

Each takes four bytes of a pixel, the same for all lanes, and as many of a weight in each lane, and
adds their inner product to the lane's int32 sum: four uint8 times int8, or two int16 times int16.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from llvmlite import ir
from numba.core import cgutils

from evoapproxnas.emulation.kernels.host.lanes import LANES

UNIT_BYTES = 4
"""Bytes of a pixel that an inner product takes at once."""
CACHED_UNITS = 192
"""Units whose weights stay in the L1 cache while pixels take turns."""
_I16, _I32 = ir.IntType(16), ir.IntType(32)

Dot = Callable[[Any, Any, Any, Any], Any]
"""Emits total + inner product: of the builder, total, pixel and weight, vectors of int32."""


class Vnni512(NamedTuple):
    """Selects AVX-512 VNNI.

    Attributes:
        pixels: that are summed at once.
        cached_units: see `CACHED_UNITS`.
    """

    pixels: int = 8
    cached_units: int = CACHED_UNITS


class Vnni256(NamedTuple):
    """Selects AVX-VNNI: as AVX-512 VNNI, with half as many lanes and 16 registers.

    Attributes:
        pixels: as in `Vnni512`.
        cached_units: as in `Vnni512`.
    """

    pixels: int = 6
    cached_units: int = CACHED_UNITS


class Words512(NamedTuple):
    """Selects products of 16 bits in the registers of AVX-512 BW.

    Attributes:
        pixels: as in `Vnni512`.
        cached_units: as in `Vnni512`.
    """

    pixels: int = 8
    cached_units: int = CACHED_UNITS


class Words256(NamedTuple):
    """Selects products of 16 bits in the registers of AVX2.

    Attributes:
        pixels: as in `Vnni512`.
        cached_units: as in `Vnni512`.
    """

    pixels: int = 4
    cached_units: int = CACHED_UNITS


@dataclass(frozen=True)
class Registers:
    """How a method works in registers.

    Attributes:
        lanes: int32 sums of a register.
        pixels: that are summed at once.
        together: vectors of 16 outputs that are summed at once, at most.
        units: as many have accumulators of their own where there is one vector of outputs.
        dot: the instruction.
    """

    lanes: int
    pixels: int
    together: int
    units: int
    dot: Dot

    @property
    def parts(self) -> int:
        """Registers of 16 outputs."""
        return LANES // self.lanes

    @property
    def kind(self) -> Any:
        """The type of a register."""
        return ir.VectorType(_I32, self.lanes)


def _vnni(name: str) -> Dot:
    def dot(builder: Any, total: Any, pixel: Any, weight: Any) -> Any:
        kind = ir.FunctionType(total.type, [total.type] * 3)
        function = cgutils.get_or_insert_function(builder.module, kind, name)
        return builder.call(function, [total, pixel, weight])

    return dot


def _words(name: str) -> Dot:
    # Pairs of products cannot overflow: only two of -32768 * -32768 would.
    def dot(builder: Any, total: Any, pixel: Any, weight: Any) -> Any:
        words = ir.VectorType(_I16, 2 * total.type.count)
        kind = ir.FunctionType(total.type, [words] * 2)
        function = cgutils.get_or_insert_function(builder.module, kind, name)
        pairs = builder.call(function, [builder.bitcast(each, words) for each in (pixel, weight)])
        return builder.add(total, pairs)

    return dot


REGISTERS: dict[type, Registers] = {
    # With 16 accumulators the latency of 5 cycles is hidden, and 8 positions fit the general
    # registers. Measured: 425 GMAC/s a core; 12 x 2 gave 250.
    Vnni512: Registers(16, 8, 2, 2, _vnni("llvm.x86.avx512.vpdpbusd.512")),
    # Twelve accumulators, two weights and a pixel are 15 of 16 registers.
    Vnni256: Registers(8, 6, 1, 1, _vnni("llvm.x86.avx512.vpdpbusd.256")),
    # Sums wait for an addition alone, so that eight accumulators are enough.
    Words512: Registers(16, 8, 2, 1, _words("llvm.x86.avx512.pmaddw.d.512")),
    Words256: Registers(8, 4, 1, 1, _words("llvm.x86.avx2.pmadd.wd")),
}
"""By the named tuple that selects a method in `loops.sum_block`."""
