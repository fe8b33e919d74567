"""The 15,625 cells of NAS-Bench-201, by operations, number and architecture string.

A cell is a directed graph of four nodes with an operation on each of its six edges (Dong and Yang,
"NAS-Bench-201", ICLR 2020). Its number is its place in a list that the authors shuffled once, with
a seed that they published; so the numbers follow without any file.
"""

import functools
import itertools
import operator
import random
import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import UnknownNameError

OPERATIONS = ("none", "skip_connect", "nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
"""What is on an edge; the codes of operations are places in this tuple."""

EDGES = ((1, 0), (2, 0), (2, 1), (3, 0), (3, 1), (3, 2))
"""(node, the node that its input comes from), in the order of the operations of a cell."""

CELLS = len(OPERATIONS) ** len(EDGES)
_SHUFFLED_WITH = 88
_PART = re.compile(r"\|(\w+)~(\d)(?=\|)")

Codes = npt.NDArray[np.int8]


@functools.cache
def canonical_cells() -> Codes:
    """Return the codes of all cells by number, int8, shape (15625, 6), not writable."""
    cells = list(itertools.product(range(len(OPERATIONS)), repeat=len(EDGES)))
    random.Random(_SHUFFLED_WITH).shuffle(cells)
    codes = np.array(cells, np.int8)
    codes.flags.writeable = False
    return codes


@functools.cache
def _numbers() -> dict[tuple[int, ...], int]:
    """Number of each cell, by its codes."""
    return {tuple(codes): number for number, codes in enumerate(canonical_cells().tolist())}


def index_of(ops: Sequence[int] | Codes) -> int:
    """Return the number of the cell with these operations.

    Raises:
        UnknownNameError: if they are not six codes of operations.
    """
    try:
        number = _numbers().get(tuple(ops))
    except TypeError:  # None, or a list of lists.
        number = None
    if number is None:
        raise UnknownNameError(
            f"a cell of NAS-Bench-201 has {len(EDGES)} operations of 0 to {len(OPERATIONS) - 1} "
            f"({', '.join(OPERATIONS)}), got {ops!r:.200}"
        )
    return number


def ops_of(index: int) -> tuple[int, ...]:
    """Return the codes of the cell with a number.

    Raises:
        UnknownNameError: for a number that no cell has.
    """
    try:
        known = 0 <= operator.index(index) < CELLS
    except TypeError:
        known = False
    if not known:
        raise UnknownNameError(
            f"networks of NAS-Bench-201 have the numbers 0 to {CELLS - 1}, got {index!r:.200}"
        )
    return tuple(canonical_cells()[index].tolist())


def arch_string(index: int) -> str:
    """Return the cell with a number as the benchmark writes it.

    Raises:
        UnknownNameError: for a number that no cell has.
    """
    parts = zip(ops_of(index), EDGES, strict=True)
    nodes = itertools.groupby(parts, key=lambda part: part[1][0])
    return "+".join(
        "".join(f"|{OPERATIONS[op]}~{source}" for op, (_, source) in node) + "|"
        for _, node in nodes
    )


def index_of_string(text: str) -> int:
    """Return the number of the cell that an architecture string describes.

    Raises:
        UnknownNameError: if it is no such string; it is said which part is not.
    """
    parts = _PART.findall(text)
    for name, _ in parts:
        if name not in OPERATIONS:
            raise _no_cell(text, f"it has the operation {name!r:.60}")
    if len(parts) != len(EDGES):
        raise _no_cell(text, f"it has {len(parts)} operations, expected {len(EDGES)}")
    if tuple(int(source) for _, source in parts) != tuple(source for _, source in EDGES):
        raise _no_cell(text, "its edges are others")
    index = index_of([OPERATIONS.index(name) for name, _ in parts])
    if arch_string(index) != text.strip():
        raise _no_cell(text, "there is something between its parts")
    return index


def _no_cell(text: str, why: str) -> UnknownNameError:
    return UnknownNameError(
        f"{text!r:.200} is no architecture string of NAS-Bench-201: {why}. One is "
        f"{arch_string(0)!r}, and operations are {', '.join(OPERATIONS)}"
    )
