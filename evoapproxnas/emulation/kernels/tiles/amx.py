"""Inner products by AMX: a tile product adds 16 pixels x 64 bytes x 16 outputs at once."""

from typing import Any

from numba.extending import overload

from evoapproxnas.emulation.kernels.host.compiling import inner
from evoapproxnas.emulation.kernels.host.lanes import LANES
from evoapproxnas.emulation.kernels.tiles.amx_tiles import (
    ROW_BYTES,
    ROWS,
    Amx,
    EmulatedAmx,
    configure_tiles,
    copy_row,
    is_method,
    load_tile,
    multiply_tiles,
    release_tiles,
    store_tile,
)
from evoapproxnas.emulation.kernels.tiles.loops import add_units, begin_block, end_block

PIXELS = 2 * ROWS
CACHED_UNITS = 16
UNIT = ROW_BYTES
SUM_BYTES = 4 * LANES
ROW_ROOM = 2 * ROWS * ROW_BYTES
"""Bytes of `Amx.rows`."""


@overload(begin_block)
def _begin_block(method: Any) -> Any:
    def configure(method: Any) -> None:
        configure_tiles(method.configuration)

    return configure if is_method(method, Amx) else _nothing(method)


@overload(end_block)
def _end_block(method: Any) -> Any:
    def release(method: Any) -> None:
        release_tiles()

    return release if is_method(method, Amx) else _nothing(method)


def _nothing(method: Any) -> Any:
    def nothing(method: Any) -> None:
        pass

    return nothing if is_method(method, EmulatedAmx) else None


@overload(add_units, prefer_literal=True)
def _add_units(
    method: Any, vectors: Any, buffer: Any, starts: Any, offsets: Any, weights: Any, begin: Any,
    end: Any, sums: Any,
) -> Any:  # fmt: skip
    if not is_method(method, Amx) and not is_method(method, EmulatedAmx):
        return None

    def add(
        method: Any, vectors: Any, buffer: Any, starts: Any, offsets: Any, weights: Any,
        begin: Any, end: Any, sums: Any,
    ) -> None:  # fmt: skip
        # Tiles 0, 1: sums of the first outputs; 2, 3: of the others; 4, 5: pixels; 6, 7: weights.
        other = starts.shape[0] * LANES
        row = vectors * ROW_BYTES
        for first in range(0, starts.shape[0], PIXELS):
            upper, lower = first * LANES, (first + ROWS) * LANES
            load_tile(method, 0, sums, upper, SUM_BYTES)
            load_tile(method, 1, sums, lower, SUM_BYTES)
            if vectors > 1:
                load_tile(method, 2, sums, other + upper, SUM_BYTES)
                load_tile(method, 3, sums, other + lower, SUM_BYTES)
            upper_step, lower_step = spacing(starts, first), spacing(starts, first + ROWS)
            for unit in range(begin, end):
                if upper_step:
                    load_tile(method, 4, buffer, starts[first] + offsets[unit], upper_step)
                else:
                    gather_rows(buffer, starts, first, offsets[unit], method.rows, 0)
                    load_tile(method, 4, method.rows, 0, ROW_BYTES)
                if lower_step:
                    load_tile(method, 5, buffer, starts[first + ROWS] + offsets[unit], lower_step)
                else:
                    gather_rows(buffer, starts, first + ROWS, offsets[unit], method.rows,
                                ROWS * ROW_BYTES)  # fmt: skip
                    load_tile(method, 5, method.rows, ROWS * ROW_BYTES, ROW_BYTES)
                load_tile(method, 6, weights, unit * ROWS * row, row)
                multiply_tiles(method, 0, 4, 6)
                multiply_tiles(method, 1, 5, 6)
                if vectors > 1:
                    load_tile(method, 7, weights, unit * ROWS * row + ROW_BYTES, row)
                    multiply_tiles(method, 2, 4, 7)
                    multiply_tiles(method, 3, 5, 7)
            store_tile(method, 0, sums, upper, SUM_BYTES)
            store_tile(method, 1, sums, lower, SUM_BYTES)
            if vectors > 1:
                store_tile(method, 2, sums, other + upper, SUM_BYTES)
                store_tile(method, 3, sums, other + lower, SUM_BYTES)

    return add


@inner
def spacing(starts: Any, first: int) -> int:
    """Return the distance of 16 evenly spaced windows, or 0 where a row of pixels ends."""
    step = starts[first + 1] - starts[first]
    for i in range(first + 1, first + ROWS - 1):
        if starts[i + 1] - starts[i] != step:
            return 0
    return step


@inner
def gather_rows(buffer: Any, starts: Any, first: int, offset: int, rows: Any,
                target: int) -> None:  # fmt: skip
    """Copy a unit of 16 windows one behind the other."""
    for i in range(ROWS):
        copy_row(buffer, starts[first + i] + offset, rows, target + i * ROW_BYTES)
