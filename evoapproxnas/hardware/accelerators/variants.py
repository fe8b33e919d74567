"""Accelerators varied: the same memories around another array, with other buffers or dataflow.

`eyeriss@8x16,64KB,any` is the Eyeriss with 8 rows and 16 columns, 64 KB of buffers in all and the
dataflow "any"; parts may be left out, and `load_accelerator` reads it like any other name.

All buffers keep their shares of the whole. The energy of an access grows with the root of a
buffer's size and its area with the size, as `technology` has it, from what the description
states. Ports keep their width, and processing elements their registers.
"""

import re
from dataclasses import replace
from functools import lru_cache

from evoapproxnas.errors import ConfigError, unknown_name
from evoapproxnas.hardware.accelerators.description import DATAFLOWS, Accelerator, Memory

SEPARATOR = "@"
_BYTES_PER_KB = 1024
_MOST_PLACES = 4096
_ARRAY = re.compile(r"(\d{1,5})x(\d{1,5})")
_SIZE = re.compile(r"(\d+(?:\.\d+)?(?:e[+-]?\d+)?)KB")


def buffer_kb(accelerator: Accelerator) -> float:
    """Return the size of all buffers on the chip together.

    Args:
        accelerator: whose buffers are added up.
    """
    return sum(m.size_bytes for m in accelerator.memories if m.level == "buffer") / _BYTES_PER_KB


def variant_text(
    accelerator: Accelerator,
    *,
    rows: int | None = None,
    columns: int | None = None,
    buffer: float | None = None,
    dataflow: str | None = None,
) -> str:
    """Return what stands behind the "@" of a variant; empty where all is as described.

    Args:
        accelerator: that is varied.
        rows: of the array; None, here and below: as described.
        columns: likewise.
        buffer: all buffers together in KB.
        dataflow: its name.
    """
    rows, columns = rows or accelerator.rows, columns or accelerator.columns
    parts = []
    if (rows, columns) != (accelerator.rows, accelerator.columns):
        parts.append(f"{rows}x{columns}")
    if buffer is not None and f"{buffer:g}" != f"{buffer_kb(accelerator):g}":
        parts.append(f"{buffer:g}KB")
    if dataflow not in (None, accelerator.dataflow):
        parts.append(str(dataflow))
    return ",".join(parts)


@lru_cache(maxsize=65536)
def varied(accelerator: Accelerator, text: str) -> Accelerator:
    """Return a variant.

    Args:
        accelerator: that is varied.
        text: what stands behind the "@".

    Raises:
        ConfigError: for a part that is none, or sizes that are impossible.
        UnknownNameError: for an unknown dataflow, with the nearest names.
    """
    found, varied_so_far = accelerator, set[str]()
    for part in text.split(","):
        if match := _ARRAY.fullmatch(part):
            what, found = "an array", _with_array(found, int(match[1]), int(match[2]))
        elif match := _SIZE.fullmatch(part):
            what, found = "buffers", _with_buffers(found, float(match[1]))
        elif part in DATAFLOWS:
            what, found = "a dataflow", replace(found, dataflow=part)
        elif re.fullmatch(r"[a-z_]+", part):
            raise unknown_name("dataflow", part, DATAFLOWS)
        else:
            raise ConfigError(
                f"accelerator '{accelerator.name}@{text:.200}': expected an array such as 12x14, "
                f"buffers such as 108KB, or a dataflow behind the @, got {part!r:.60}"
            )
        if what in varied_so_far:
            raise ConfigError(
                f"accelerator '{accelerator.name}@{text:.200}': expected {what} at most once "
                f"behind the @, got {part!r:.60} as well"
            )
        varied_so_far.add(what)
    return replace(found, name=f"{accelerator.name}{SEPARATOR}{text}")


def _with_array(accelerator: Accelerator, rows: int, columns: int) -> Accelerator:
    if not (1 <= rows <= _MOST_PLACES and 1 <= columns <= _MOST_PLACES):
        raise ConfigError(
            f"accelerator {accelerator.name!r}: expected an array of 1 to {_MOST_PLACES} rows and "
            f"columns, got {rows} x {columns}"
        )
    return replace(accelerator, rows=rows, columns=columns)


def _with_buffers(accelerator: Accelerator, size_kb: float) -> Accelerator:
    now = buffer_kb(accelerator)
    if not now:
        raise ConfigError(
            f"accelerator {accelerator.name!r} has no buffer that could have {size_kb:g} KB; vary "
            "something else of it"
        )
    factor = size_kb / now
    memories = tuple(
        _resized(memory, factor, accelerator.name) if memory.level == "buffer" else memory
        for memory in accelerator.memories
    )
    return replace(accelerator, memories=memories)


def _resized(memory: Memory, factor: float, where: str) -> Memory:
    size = round(memory.size_bytes * factor)
    if 8 * size < memory.word_bits:
        raise ConfigError(
            f"accelerator {where!r}, memory {memory.name!r}: its share of the buffers would be "
            f"{size} bytes, less than one word of {memory.word_bits} bits; enlarge the buffers"
        )
    return replace(
        memory,
        size_bytes=size,
        read_pj=memory.read_pj * factor**0.5,
        write_pj=memory.write_pj * factor**0.5,
        area_um2=memory.area_um2 * factor,
    )
