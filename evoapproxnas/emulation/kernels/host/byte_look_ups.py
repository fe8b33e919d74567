"""Bytes of a table at 32 or 64 codes at once, by the instructions that the CPU has for it.

AVX-512 VBMI: `vpermb` selects from 64 bytes by six bits of a code, and only where the code's two
top bits say so; four of them take fewer micro-operations than two `vpermi2b` and a blend.

AVX-512 BW and AVX2: `vpshufb` selects from 16 bytes by a code's low four bits, and gives 0 where
its top bit is set. Sixteen times this, code - 0, code - 16, code - 32, ... Row i of a half of the
table holds what it differs in from row i - 1, so that a code's rows up to its own, the others give
0, are together what the table says. Codes of the other half are negative throughout, for the
subtraction saturates.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from llvmlite import ir
from numba.core import cgutils

from evoapproxnas.emulation.kernels.host.cpu import lacking

_I8, _I32, _I64 = (ir.IntType(bits) for bits in (8, 32, 64))
_ROW = 16
_ROW_TYPE = ir.VectorType(_I8, _ROW)

VBMI = ("avx512f", "avx512bw", "avx512vbmi")
_BW = ("avx512f", "avx512bw")


class Permute(NamedTuple):
    """Selects AVX-512 VBMI.

    Attributes:
        positions: of one output channel that `strips.add_rows` works on.
        cost: cycles of a look-up there, roughly.
    """

    positions: int = 256
    cost: float = 0.2


class Shuffle512(NamedTuple):
    """Selects the byte shuffles of AVX-512 BW.

    Attributes:
        positions: as in `Permute`.
        cost: as in `Permute`.
    """

    positions: int = 128
    cost: float = 0.65


class Shuffle256(NamedTuple):
    """Selects the byte shuffles of AVX2.

    Attributes:
        positions: as in `Permute`.
        cost: as in `Permute`.
    """

    positions: int = 32
    cost: float = 1.1


Look = Permute | Shuffle512 | Shuffle256


def look_up_method() -> Look:
    """Return the best that this CPU has; it must have AVX2 at least."""
    return Permute() if lacking(*VBMI) is None else shuffle_method()


def shuffle_method() -> Shuffle512 | Shuffle256:
    """Return the wider byte shuffles that this CPU has; it must have AVX2 at least."""
    return Shuffle512() if lacking(*_BW) is None else Shuffle256()


def shuffle_rows(tables: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return tables as byte shuffles want them: rows of 16 that say what changes; see the module.

    Args:
        tables: of any shape that ends with 256.
    """
    rows = tables.reshape(*tables.shape[:-1], 2, 256 // _ROW // 2, _ROW)
    changes = rows.copy()
    changes[..., 1:, :] ^= rows[..., :-1, :]
    return changes.reshape(tables.shape)


@dataclass(frozen=True)
class Instructions:
    """How a method looks up.

    Attributes:
        width: codes at once.
        vectors: of codes that share the rows of a table in registers.
        read: emits the loading of a table of 256 bytes, given its place.
        find: emits look-ups of one vector of codes in some tables.
    """

    width: int
    vectors: int
    read: Callable[[Any, Any], list[Any]]
    find: Callable[[Any, list[list[Any]], Any], list[Any]]

    @property
    def kind(self) -> Any:
        """The type of a vector of bytes."""
        return ir.VectorType(_I8, self.width)


def instructions_of(method: Any) -> Instructions | None:
    """Return what a Numba type of one of the named tuples selects; None for other types."""
    return _INSTRUCTIONS.get(getattr(method, "instance_class", None))  # type: ignore[arg-type]


def width_of(look: Look) -> int:
    """Return how many codes a method looks up at once."""
    return _INSTRUCTIONS[type(look)].width


def load_bytes(builder: Any, pointer: Any, offset: Any, kind: Any) -> Any:
    """Emit the loading of a vector of bytes."""
    source = builder.gep(pointer, [offset])
    return builder.load(builder.bitcast(source, kind.as_pointer()), align=1)


def splat(kind: Any, value: int) -> Any:
    """Return a constant vector of equal values."""
    return ir.Constant(kind, [kind.element(value)] * kind.count)


def repeat_row(builder: Any, pointer: Any, offset: int, width: int) -> Any:
    """Emit the loading of 16 bytes, repeated in a vector of `width` bytes."""
    row = load_bytes(builder, pointer, _I64(offset), _ROW_TYPE)
    lanes = [_I32(lane % _ROW) for lane in range(width)]
    mask = ir.Constant(ir.VectorType(_I32, width), lanes)
    return builder.shuffle_vector(row, row, mask)


def shuffle(builder: Any, row: Any, indices: Any) -> Any:
    """Emit `vpshufb`: of each 16 bytes of `row`, those that the indices name."""
    name = "llvm.x86.avx512.pshuf.b.512" if row.type.count == 64 else "llvm.x86.avx2.pshuf.b"
    return _call(builder, name, row.type, [row, indices])


def _call(builder: Any, name: str, result: Any, arguments: list[Any]) -> Any:
    kind = ir.FunctionType(result, [argument.type for argument in arguments])
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, name), arguments)


def _read_quarters(builder: Any, table: Any) -> list[Any]:
    kind = ir.VectorType(_I8, 64)
    return [load_bytes(builder, table, _I64(64 * quarter), kind) for quarter in range(4)]


def _permute(builder: Any, tables: list[list[Any]], codes: Any) -> list[Any]:
    name, kind = "llvm.x86.avx512.permvar.qi.512", codes.type
    zero = ir.Constant(kind, None)
    bit_6 = builder.icmp_signed("<", builder.add(codes, codes), zero)
    bit_7 = builder.icmp_signed("<", codes, zero)
    masks = (bit_6, bit_7, builder.and_(bit_6, bit_7))
    results = []
    for table in tables:
        found = _call(builder, name, kind, [table[0], codes])
        for mask, part in zip(masks, table[1:], strict=True):
            other = _call(builder, name, kind, [part, codes])
            found = builder.select(mask, other, found)
        results.append(found)
    return results


def _row_reader(width: int) -> Callable[[Any, Any], list[Any]]:
    def read(builder: Any, table: Any) -> list[Any]:
        return [repeat_row(builder, table, at, width) for at in range(0, 256, _ROW)]

    return read


def _shuffle_rows(builder: Any, tables: list[list[Any]], codes: Any) -> list[Any]:
    kind = codes.type
    subtract = f"llvm.ssub.sat.v{kind.count}i8"
    results = [ir.Constant(kind, None) for _ in tables]
    rows = 256 // _ROW // 2
    for half in range(2):
        index = builder.xor(codes, splat(kind, 128)) if half else codes
        for row in range(rows):
            if row:
                index = _call(builder, subtract, kind, [index, splat(kind, _ROW)])
            for i, table in enumerate(tables):
                part = shuffle(builder, table[half * rows + row], index)
                results[i] = builder.xor(results[i], part)
    return results


_INSTRUCTIONS: dict[type, Instructions] = {
    Permute: Instructions(64, 4, _read_quarters, _permute),
    Shuffle512: Instructions(64, 2, _row_reader(64), _shuffle_rows),
    Shuffle256: Instructions(32, 1, _row_reader(32), _shuffle_rows),
}
