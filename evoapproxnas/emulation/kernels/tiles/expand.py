"""Look-ups of a byte for each of up to 64 codes at once, by AVX-512 VBMI."""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from evoapproxnas.emulation.kernels.numba_lookup.lanes import array_data
from evoapproxnas.emulation.kernels.numba_lookup.vbmi import look_up_bytes

VECTOR = 64
_I1, _I8, _I32, _I64 = (ir.IntType(bits) for bits in (1, 8, 32, 64))
_BYTES = ir.VectorType(_I8, VECTOR)
_MASK = ir.VectorType(_I1, VECTOR)


@intrinsic
def expand_feature(
    typing_context: Any, codes: Any, pixels: Any, channels: Any, table: Any, row: Any, out: Any,
    position: Any, step: Any,
) -> Any:  # fmt: skip
    """Do out[position + p * step + c] = table[row + codes[p * channels + c]] for all p and c.

    Args:
        typing_context: given by Numba.
        codes: uint8, flat; 64 bytes behind the last code may be read.
        pixels: int64.
        channels: int64.
        table: uint8, flat.
        row: int64 position in `table`.
        out: uint8, flat.
        position: int64 position in `out`.
        step: int64.
    """
    signature = types.void(codes, pixels, channels, table, row, out, position, step)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        codes_at, table_at, out_at = (
            array_data(context, builder, signature, arguments, i) for i in (0, 3, 5)
        )
        pixels, channels, row, position, step = (arguments[i] for i in (1, 2, 4, 6, 7))
        store = cgutils.get_or_insert_function(
            builder.module,
            ir.FunctionType(ir.VoidType(), [_BYTES, _BYTES.as_pointer(), _I32, _MASK]),
            "llvm.masked.store.v64i8.p0",
        )
        table_row = builder.gep(table_at, [row])
        quarters = [
            builder.load(_as_bytes(builder, table_row, _I64(VECTOR * i)), align=1)
            for i in range(4)
        ]
        lanes = ir.Constant(_BYTES, [_I8(lane) for lane in range(VECTOR)])
        with cgutils.for_range(builder, pixels, intp=_I64) as pixel:
            source = builder.gep(codes_at, [builder.mul(pixel.index, channels)])
            at = builder.add(position, builder.mul(pixel.index, step))
            target = builder.gep(out_at, [at])
            vectors = builder.udiv(builder.add(channels, _I64(VECTOR - 1)), _I64(VECTOR))
            with cgutils.for_range(builder, vectors, intp=_I64) as vector:
                offset = builder.mul(vector.index, _I64(VECTOR))
                left = builder.sub(channels, offset)
                left = builder.select(
                    builder.icmp_unsigned("<", left, _I64(VECTOR)), left, _I64(VECTOR)
                )
                codes = builder.load(_as_bytes(builder, source, offset), align=1)
                looked_up = look_up_bytes(builder, quarters, codes)
                count = _splat(builder, builder.trunc(left, _I8))
                mask = builder.icmp_unsigned("<", lanes, count)
                builder.call(store, [looked_up, _as_bytes(builder, target, offset), _I32(1), mask])
        return context.get_dummy_value()

    return signature, generate


def _as_bytes(builder: Any, pointer: Any, offset: Any) -> Any:
    return builder.bitcast(builder.gep(pointer, [offset]), _BYTES.as_pointer())


def _splat(builder: Any, value: Any) -> Any:
    empty = ir.Constant(_BYTES, ir.Undefined)
    alone = builder.insert_element(empty, value, _I32(0))
    zeros = ir.Constant(ir.VectorType(_I32, VECTOR), None)
    return builder.shuffle_vector(alone, empty, zeros)
