"""Vector steps for bit-parallel simulation that Numba does not make: eight words at once.

Written in LLVM's portable vector types; LLVM lowers them to whatever vectors the CPU has. Numba
alone keeps to half-width vectors here. Positions are those of words in flat, contiguous arrays.
"""

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

BLOCK = 64
"""Words to a block: 4,096 operand pairs."""

_LANES = 8
_BITS = 16
_I64 = ir.IntType(64)
_WORDS = ir.VectorType(_I64, _LANES)


def _gate(operation: str) -> Callable[..., int]:
    """Make out = first OPERATION second ^ flip over one block; it returns the number of ones."""

    @intrinsic
    def gate(
        typing_context: Any, wires: Any, first: Any, second: Any, target: Any, flip: Any
    ) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            data = _data(context, builder, signature, arguments, 0)
            flips = _splat(builder, arguments[4])
            total = ir.Constant(_WORDS, None)
            for start in range(0, BLOCK, _LANES):
                a, b, out = (_at(builder, data, arguments[i], start) for i in (1, 2, 3))
                left, right = builder.load(a, align=8), builder.load(b, align=8)
                word = builder.xor(getattr(builder, operation)(left, right), flips)
                builder.store(word, out, align=8)
                total = builder.add(total, _ones(builder, word))
            return _sum(builder, total)

        return types.int64(wires, first, second, target, flip), generate

    return gate


and_block = _gate("and_")
or_block = _gate("or_")
xor_block = _gate("xor")


def _adder(combine: Callable[..., Any]) -> Callable[..., int]:
    """Make one output of a full adder over one block; it returns the number of ones."""

    @intrinsic
    def half(
        typing_context: Any, wires: Any, first: Any, second: Any, third: Any, target: Any
    ) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            data = _data(context, builder, signature, arguments, 0)
            total = ir.Constant(_WORDS, None)
            for start in range(0, BLOCK, _LANES):
                *pins, out = (_at(builder, data, arguments[i], start) for i in (1, 2, 3, 4))
                word = combine(builder, *(builder.load(pin, align=8) for pin in pins))
                builder.store(word, out, align=8)
                total = builder.add(total, _ones(builder, word))
            return _sum(builder, total)

        return types.int64(wires, first, second, third, target), generate

    return half


sum_block = _adder(lambda builder, a, b, c: builder.xor(builder.xor(a, b), c))
carry_block = _adder(
    lambda builder, a, b, c: builder.or_(builder.and_(a, b), builder.and_(builder.or_(a, b), c))
)


@intrinsic
def absolute_error_sum(
    typing_context: Any, wires: Any, outputs: Any, exact: Any, start: Any, sign: Any
) -> Any:
    """Sum up |product - exact| over one block.

    Subtracts bit by bit, and counts the ones of (e ^ s) by bit and of s, the sign:
    |e| = (e ^ s) + s in two's complement.

    Args:
        typing_context: given by Numba.
        wires: words of all nets, flat.
        outputs: int64 positions of 16 bits in `wires`, least significant first.
        exact: words of the exact product, flat; bit i is BLOCK words after bit i - 1.
        start: position of its bit 0.
        sign: all ones if products are signed, else 0.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        wires_at = _data(context, builder, signature, arguments, 0)
        outputs_at = _data(context, builder, signature, arguments, 1)
        positions = [builder.load(builder.gep(outputs_at, [_I64(i)])) for i in range(_BITS)]
        exact_at = _data(context, builder, signature, arguments, 2)
        signs = _splat(builder, arguments[4])
        total = ir.Constant(_WORDS, None)
        for group in range(0, BLOCK, _LANES):
            bits = [
                (
                    builder.load(_at(builder, wires_at, position, group), align=8),
                    builder.load(
                        _at(builder, exact_at, arguments[3], bit * BLOCK + group), align=8
                    ),
                )
                for bit, position in enumerate(positions)
            ]
            total = builder.add(total, _absolute_error(builder, bits, signs))
        return _sum(builder, total)

    return types.int64(wires, outputs, exact, start, sign), generate


def _absolute_error(builder: Any, bits: list[tuple[Any, Any]], signs: Any) -> Any:
    """Add up |x - y| for the numbers x and y that vectors of bits stand for, by lane."""
    borrow, half, planes = ir.Constant(_WORDS, None), None, []
    for x, y in bits:
        half = builder.xor(x, y)
        planes.append(builder.xor(half, borrow))
        generated = builder.and_(builder.not_(x), y)
        borrow = builder.or_(generated, builder.and_(builder.not_(half), borrow))
    negative = builder.xor(builder.and_(half, signs), borrow)
    total = _ones(builder, negative)
    for bit, plane in enumerate(planes):
        count = _ones(builder, builder.xor(plane, negative))
        total = builder.add(total, builder.shl(count, ir.Constant(_WORDS, [bit] * _LANES)))
    return total


def _data(context: Any, builder: Any, signature: Any, arguments: Any, index: int) -> Any:
    make = context.make_array(signature.args[index])
    return make(context, builder, arguments[index]).data


def _at(builder: Any, data: Any, position: Any, offset: int) -> Any:
    pointer = builder.gep(data, [builder.add(position, _I64(offset))])
    return builder.bitcast(pointer, _WORDS.as_pointer())


def _splat(builder: Any, word: Any) -> Any:
    vector = ir.Constant(_WORDS, ir.Undefined)
    for lane in range(_LANES):
        vector = builder.insert_element(vector, word, ir.IntType(32)(lane))
    return vector


def _ones(builder: Any, words: Any) -> Any:
    """Count the ones of every word of a vector."""
    function = ir.FunctionType(_WORDS, [_WORDS])
    count = cgutils.get_or_insert_function(builder.module, function, f"llvm.ctpop.v{_LANES}i64")
    return builder.call(count, [words])


def _sum(builder: Any, vector: Any) -> Any:
    lanes = [builder.extract_element(vector, ir.IntType(32)(lane)) for lane in range(_LANES)]
    total = lanes[0]
    for lane in lanes[1:]:
        total = builder.add(total, lane)
    return total
