"""Look-ups of a byte for each of 64 codes at once, by AVX-512 VBMI."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from evoapproxnas.emulation.kernels.host.lanes import array_data
from evoapproxnas.emulation.kernels.host.vbmi import look_up_bytes

VECTOR = 64
_I64 = ir.IntType(64)
_BYTES = ir.VectorType(ir.IntType(8), VECTOR)


@intrinsic
def look_up_codes(
    typing_context: Any, codes: Any, count: Any, table: Any, row: Any, out: Any, position: Any
) -> Any:
    """Do out[position + i] = table[row + codes[i]] for i < count, and up to 63 bytes behind.

    Args:
        typing_context: given by Numba.
        codes: uint8, flat; as far behind the last code may be read.
        count: int64.
        table: uint8, flat.
        row: int64 position in `table`.
        out: uint8, flat.
        position: int64 position in `out`.
    """
    signature = types.void(codes, count, table, row, out, position)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        codes_at, table_at, out_at = (
            array_data(context, builder, signature, arguments, i) for i in (0, 2, 4)
        )
        table_row = builder.gep(table_at, [arguments[3]])
        target = builder.gep(out_at, [arguments[5]])
        quarters = [
            builder.load(_as_bytes(builder, table_row, _I64(VECTOR * i)), align=1)
            for i in range(4)
        ]
        vectors = builder.udiv(builder.add(arguments[1], _I64(VECTOR - 1)), _I64(VECTOR))
        with cgutils.for_range(builder, vectors, intp=_I64) as vector:
            offset = builder.mul(vector.index, _I64(VECTOR))
            codes = builder.load(_as_bytes(builder, codes_at, offset), align=1)
            found = look_up_bytes(builder, quarters, codes)
            builder.store(found, _as_bytes(builder, target, offset), align=1)
        return context.get_dummy_value()

    return signature, generate


def _as_bytes(builder: Any, pointer: Any, offset: Any) -> Any:
    return builder.bitcast(builder.gep(pointer, [offset]), _BYTES.as_pointer())
