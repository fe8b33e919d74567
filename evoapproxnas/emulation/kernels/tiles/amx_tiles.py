"""The eight AMX tile registers, as steps that Numba can call; and the same steps on arrays.

A tile is 16 rows of 64 bytes. Every function here takes a `method` whose type selects the real
instructions (`Amx`) or their emulation (`EmulatedAmx`), so that the loop over them can be checked
on a processor that lacks them. Instructions: Intel Architecture Instruction Set Extensions
Programming Reference, chapter 3.
"""

from typing import Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic, overload

from evoapproxnas.emulation.kernels.host.lanes import array_data

TILES = 8
ROWS = 16
ROW_BYTES = 64
_I8, _I64 = ir.IntType(8), ir.IntType(64)
_POINTER = _I8.as_pointer()
_ROW = ir.VectorType(_I8, ROW_BYTES)


class Amx(NamedTuple):
    """Selects the instructions. One for each task of a thread.

    Attributes:
        pixels: that are summed at once.
        cached_units: units whose weights stay in the caches while pixels take turns.
        configuration: uint8 (64,), rows and columns of the tiles, for `ldtilecfg`.
        rows: uint8, room for the rows of two tiles.
    """

    pixels: int
    cached_units: int
    configuration: Any
    rows: Any


class EmulatedAmx(NamedTuple):
    """Selects the emulation.

    Attributes:
        pixels: as in `Amx`.
        cached_units: as in `Amx`.
        tiles: uint8 (8, 16, 64), the registers.
        rows: as in `Amx`.
    """

    pixels: int
    cached_units: int
    tiles: Any
    rows: Any


def tile_configuration() -> Any:
    """Return the 64 bytes of palette 1 with all tiles of 16 rows of 64 bytes."""
    configuration = np.zeros(64, np.uint8)
    configuration[0] = 1
    configuration[16 : 16 + 2 * TILES : 2] = ROW_BYTES
    configuration[48 : 48 + TILES] = ROWS
    return configuration


def load_tile(method: Any, tile: Any, array: Any, position: Any, step: Any) -> None:
    """Fill a tile (literal) with 16 rows, `step` bytes apart, from array[position] on."""
    raise NotImplementedError


def store_tile(method: Any, tile: Any, array: Any, position: Any, step: Any) -> None:
    """Write the 16 rows of a tile (literal), `step` bytes apart, from array[position] on."""
    raise NotImplementedError


def multiply_tiles(method: Any, total: Any, left: Any, right: Any) -> None:
    """Add products of tiles (literals): uint8 left times int8 right to int32 total.

    total[m, n] += sum over k and i of left[m, 4k + i] * right[k, 4n + i].
    """
    raise NotImplementedError


def is_method(method: Any, kind: type) -> bool:
    """Say whether a Numba type is that of a named tuple."""
    return getattr(method, "instance_class", None) is kind


def _memory_step(name: str) -> Any:
    @intrinsic(prefer_literal=True)
    def move(typing_context: Any, tile: Any, array: Any, position: Any, step: Any) -> Any:
        if not isinstance(tile, types.IntegerLiteral):
            return None
        number = tile.literal_value

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            start = array_data(context, builder, signature, arguments, 1)
            start = builder.bitcast(builder.gep(start, [arguments[2]]), _POINTER)
            kind = ir.FunctionType(ir.VoidType(), [_I8, _POINTER, _I64])
            function = cgutils.get_or_insert_function(builder.module, kind, name)
            builder.call(function, [_I8(number), start, arguments[3]])
            return context.get_dummy_value()

        return types.void(tile, array, types.int64, types.int64), generate

    return move


_load = _memory_step("llvm.x86.tileloadd64")
_store = _memory_step("llvm.x86.tilestored64")


@intrinsic(prefer_literal=True)
def _multiply(typing_context: Any, total: Any, left: Any, right: Any) -> Any:
    tiles = (total, left, right)
    if not all(isinstance(tile, types.IntegerLiteral) for tile in tiles):
        return None
    numbers = [_I8(tile.literal_value) for tile in tiles]

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(ir.VoidType(), [_I8] * 3)
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.x86.tdpbusd")
        builder.call(function, numbers)
        return context.get_dummy_value()

    return types.void(*tiles), generate


@intrinsic
def copy_row(typing_context: Any, source: Any, start: Any, target: Any, position: Any) -> Any:
    """Do target[position + i] = source[start + i] for the 64 bytes of a tile's row, at once.

    Args:
        typing_context: given by Numba.
        source: uint8, flat.
        start: int64 position in `source`.
        target: uint8, flat.
        position: int64 position in `target`.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        here, there = (
            builder.bitcast(
                builder.gep(
                    array_data(context, builder, signature, arguments, i), [arguments[i + 1]]
                ),
                _ROW.as_pointer(),
            )
            for i in (0, 2)
        )
        builder.store(builder.load(here, align=1), there, align=1)
        return context.get_dummy_value()

    return types.void(source, types.int64, target, types.int64), generate


@intrinsic
def configure_tiles(typing_context: Any, configuration: Any) -> Any:
    """Give the tiles of this thread their shape (`ldtilecfg`): uint8 (64,)."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        start = array_data(context, builder, signature, arguments, 0)
        kind = ir.FunctionType(ir.VoidType(), [_POINTER])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.x86.ldtilecfg")
        builder.call(function, [start])
        return context.get_dummy_value()

    return types.void(configuration), generate


@intrinsic
def release_tiles(typing_context: Any) -> Any:
    """Free the tiles of this thread, so that the system need not save them."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(ir.VoidType(), [])
        function = cgutils.get_or_insert_function(builder.module, kind, "llvm.x86.tilerelease")
        builder.call(function, [])
        return context.get_dummy_value()

    return types.void(), generate


@overload(load_tile, prefer_literal=True)
def _load_tile(method: Any, tile: Any, array: Any, position: Any, step: Any) -> Any:
    def real(method: Any, tile: Any, array: Any, position: Any, step: Any) -> None:
        _load(tile, array, position, step)

    def emulated(method: Any, tile: Any, array: Any, position: Any, step: Any) -> None:
        source = array.view(np.uint8)
        for row in range(ROWS):
            first = position * array.itemsize + row * step
            method.tiles[tile, row] = source[first : first + ROW_BYTES]

    return _choose(method, real, emulated)


@overload(store_tile, prefer_literal=True)
def _store_tile(method: Any, tile: Any, array: Any, position: Any, step: Any) -> Any:
    def real(method: Any, tile: Any, array: Any, position: Any, step: Any) -> None:
        _store(tile, array, position, step)

    def emulated(method: Any, tile: Any, array: Any, position: Any, step: Any) -> None:
        target = array.view(np.uint8)
        for row in range(ROWS):
            first = position * array.itemsize + row * step
            target[first : first + ROW_BYTES] = method.tiles[tile, row]

    return _choose(method, real, emulated)


@overload(multiply_tiles, prefer_literal=True)
def _multiply_tiles(method: Any, total: Any, left: Any, right: Any) -> Any:
    def real(method: Any, total: Any, left: Any, right: Any) -> None:
        _multiply(total, left, right)

    def emulated(method: Any, total: Any, left: Any, right: Any) -> None:
        sums = method.tiles[total].view(np.int32)
        signed = method.tiles[right].view(np.int8)
        for m in range(ROWS):
            for n in range(ROWS):
                for k in range(ROWS):
                    for i in range(4):
                        product = np.int32(method.tiles[left, m, 4 * k + i]) * np.int32(
                            signed[k, 4 * n + i]
                        )
                        sums[m, n] = np.int32(sums[m, n] + product)

    return _choose(method, real, emulated)


def _choose(method: Any, real: Any, emulated: Any) -> Any:
    if is_method(method, Amx):
        return real
    return emulated if is_method(method, EmulatedAmx) else None
