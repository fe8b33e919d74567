"""Steps that Numba cannot express: written in LLVM's portable vector types.

LLVM lowers them to whatever vectors the CPU has (AVX-512, AVX2, SSE, NEON). Sixteen output
channels are the sixteen lanes of a vector, so one load fetches sixteen products.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.extending import intrinsic

LANES = 16
TERMS = 8
"""Terms added in one step, each with an 8-KiB table of 256 x 16 products: more terms would leave
the L1 cache, fewer would read and write the sums more often. A power of two, at least 4."""
TABLE_SIZE = 256 * LANES

_I16, _I32, _I64 = (ir.IntType(bits) for bits in (16, 32, 64))
_CODES = ir.VectorType(ir.IntType(8), LANES)
_PRODUCTS = ir.VectorType(_I16, LANES)
_SUMS = ir.VectorType(_I32, LANES)
_REALS = ir.VectorType(ir.FloatType(), LANES)
_HALF = LANES // 2
_HALF_PRODUCTS = ir.VectorType(_I16, _HALF)


@intrinsic
def interleave_rows(
    typing_context: Any, vectors: Any, rows: Any, indices: Any, first: Any, table: Any, start: Any
) -> Any:
    """Do table[start + 16*vectors*a + lane] = rows[indices[first + lane], a] for all codes a.

    Args:
        typing_context: given by Numba.
        vectors: literal, of 16 lanes that lie side by side in the table; one is written.
        rows: uint16 [n][256], flat and contiguous.
        indices: uint16, flat and contiguous.
        first: int64 position in `indices`.
        table: uint16, flat and contiguous.
        start: int64 position in `table`.
    """
    if not isinstance(vectors, types.IntegerLiteral):
        return None
    signature = types.void(vectors, rows, indices, first, table, start)
    step = LANES * vectors.literal_value

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rows_at, indices_at, table_at = (
            array_data(context, builder, signature, arguments, i) for i in (1, 2, 4)
        )
        row_starts = []
        for lane in range(LANES):
            position = builder.add(arguments[3], _I64(lane))
            index = builder.zext(builder.load(builder.gep(indices_at, [position])), _I64)
            row_starts.append(builder.mul(index, _I64(256)))
        target = builder.gep(table_at, [arguments[5]])
        for code in range(0, 256, _HALF):
            halves = []
            for row_start in row_starts:
                source = builder.gep(rows_at, [builder.add(row_start, _I64(code))])
                pointer = builder.bitcast(source, _HALF_PRODUCTS.as_pointer())
                halves.append(builder.load(pointer, align=2))
            for i, vector in enumerate(_transpose_halves(builder, halves)):
                slot = builder.gep(target, [_I64((code + i) * step)])
                builder.store(vector, builder.bitcast(slot, _PRODUCTS.as_pointer()), align=2)
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def transpose_codes(
    typing_context: Any, source: Any, first: Any, step: Any, out: Any, target: Any, out_step: Any
) -> Any:
    """Do out[target + j * out_step + i] = source[first + i * step + j] for 16 i, 16 j.

    Args:
        typing_context: given by Numba.
        source: uint8, flat and contiguous.
        first: int64 position in `source`.
        step: int64.
        out: uint8, flat and contiguous.
        target: int64 position in `out`.
        out_step: int64.
    """
    signature = types.void(source, first, step, out, target, out_step)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        def place(index: int, i: int) -> Any:
            at = builder.add(arguments[index + 1], builder.mul(arguments[index + 2], _I64(i)))
            start = builder.gep(array_data(context, builder, signature, arguments, index), [at])
            return builder.bitcast(start, _CODES.as_pointer())

        vectors = [builder.load(place(0, i), align=1) for i in range(LANES)]
        for j, vector in enumerate(transpose(builder, vectors)):
            builder.store(vector, place(3, j), align=1)
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def finish_pixel(
    typing_context: Any, sums: Any, pixel: Any, offsets: Any, scales: Any, biases: Any,
    out: Any, position: Any,
) -> Any:  # fmt: skip
    """Do out[position + lane] = float32(sums[pixel] + offset) * scale + bias for 16 lanes.

    Args:
        typing_context: given by Numba.
        sums: int32, 16 lanes a pixel, flat and contiguous.
        pixel: int64 index.
        offsets: int32 (16,).
        scales: float32 (16,).
        biases: float32 (16,).
        out: float32, flat and contiguous.
        position: int64, where the sixteen results begin.
    """
    signature = types.void(sums, pixel, offsets, scales, biases, out, position)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        def vector(index: int, at: Any, kind: Any) -> Any:
            start = builder.gep(array_data(context, builder, signature, arguments, index), [at])
            return builder.bitcast(start, kind.as_pointer())

        def load(index: int, kind: Any) -> Any:
            return builder.load(vector(index, _I64(0), kind), align=4)

        lane = builder.mul(arguments[1], _I64(LANES))
        total = builder.add(builder.load(vector(0, lane, _SUMS), align=4), load(2, _SUMS))
        real = builder.fmul(builder.sitofp(total, _REALS), load(3, _REALS))
        real = builder.fadd(real, load(4, _REALS))
        builder.store(real, vector(5, arguments[6], _REALS), align=4)
        return context.get_dummy_value()

    return signature, generate


@intrinsic
def take(typing_context: Any, counter: Any) -> Any:
    """Return counter[0] and add 1 to it, in one step for all threads.

    Args:
        typing_context: given by Numba.
        counter: int64 (1,).
    """
    signature = types.int64(counter)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        counter_at = array_data(context, builder, signature, arguments, 0)
        return builder.atomic_rmw("add", counter_at, _I64(1), "monotonic")

    return signature, generate


def array_data(context: Any, builder: Any, signature: Any, arguments: Any, index: int) -> Any:
    """Return the pointer to the elements of an array argument."""
    make = context.make_array(signature.args[index])
    return make(context, builder, arguments[index]).data


def broadcast(builder: Any, value: Any, kind: Any) -> Any:
    """Return a vector of equal values that are known at run time only."""
    single = builder.insert_element(ir.Constant(kind, None), value, _I32(0))
    mask = ir.Constant(ir.VectorType(_I32, kind.count), None)
    return builder.shuffle_vector(single, ir.Constant(kind, None), mask)


def transpose(builder: Any, vectors: list[Any]) -> list[Any]:
    """Transpose 16 vectors of 16 in four rounds of interleaving vector i with vector i + 8."""
    half = LANES // 2
    masks = [
        ir.Constant(
            ir.VectorType(_I32, LANES),
            [_I32(base + lane // 2 + LANES * (lane % 2)) for lane in range(LANES)],
        )
        for base in (0, half)
    ]
    for _ in range(LANES.bit_length() - 1):
        vectors = [
            builder.shuffle_vector(vectors[i], vectors[i + half], mask)
            for i in range(half)
            for mask in masks
        ]
    return vectors


def _transpose_halves(builder: Any, rows: list[Any]) -> list[Any]:
    """Return the 8 columns, 16 high, of 16 rows of 8.

    Row i and row i + 8 are the two halves of a vector, and both halves are transposed at once:
    no instruction moves anything from one half to the other, which would take three times as long.
    """

    def mask(lanes: list[int]) -> Any:
        return ir.Constant(ir.VectorType(_I32, LANES), [_I32(lane) for lane in lanes])

    beside = mask(list(range(LANES)))
    vectors = [builder.shuffle_vector(rows[i], rows[i + _HALF], beside) for i in range(_HALF)]
    quarter = _HALF // 2
    masks = [
        mask([
            half + part + lane // 2 + LANES * (lane % 2)
            for half in (0, _HALF)
            for lane in range(_HALF)
        ])
        for part in (0, quarter)
    ]  # fmt: skip
    for _ in range(_HALF.bit_length() - 1):
        vectors = [
            builder.shuffle_vector(vectors[i], vectors[i + quarter], each)
            for i in range(quarter)
            for each in masks
        ]
    return vectors
