"""What the compiled search takes and gives, as tuples of arrays."""

from typing import NamedTuple

import numpy as np

from evoapproxnas.hardware.accelerators.orders.nest import LEVELS, OPERANDS, Flags, Floats, Ints

DIMENSIONS = 7
"""Groups, output and input channels of one, rows and columns of the output and of the kernel."""


class Target(NamedTuple):
    """An accelerator.

    Attributes:
        places: rows and columns of the array.
        axes: dimensions that each is spread with, the preferred one first; -1 for no more.
        innermost: dimensions of which one runs innermost, where the layer has any.
        bits: of a weight, an input, a sum, an output.
        capacity: of every memory, in bits, innermost first.
        width: bits of a word of every memory.
        cost: of reading and writing a word, in pJ, shape (memories, 2).
        one_port: whether a memory reads and writes through the same port.
        level_of: level of an operand that a memory is, -1 for none, shape (memories, 3).
        memory_of: memory of a level of an operand, shape (3, levels).
        levels: number of every operand.
        private: number of these that each processing element has for itself.
    """

    places: Ints
    axes: Ints
    innermost: Flags
    bits: Ints
    capacity: Ints
    width: Ints
    cost: Floats
    one_port: Flags
    level_of: Ints
    memory_of: Ints
    levels: Ints
    private: Ints


class Found(NamedTuple):
    """What the search writes of the best order.

    Attributes:
        reads: words read, shape (operands, levels).
        writes: likewise, written, shape (operands, levels).
        parts: cycles of computing, waiting, loading, storing, shape (4,).
        unrolled: how much of every dimension is spread over the array.
        loops: dimension and size of the loops, innermost first, shape (2, loops); of size 0 where
            there are no more.
    """

    reads: Floats
    writes: Floats
    parts: Floats
    unrolled: Ints
    loops: Ints

    @classmethod
    def empty(cls) -> "Found":
        """Make room for one layer."""
        return cls(
            reads=np.zeros((OPERANDS, LEVELS)),
            writes=np.zeros((OPERANDS, LEVELS)),
            parts=np.zeros(4),
            unrolled=np.ones(DIMENSIONS, np.int64),
            loops=np.zeros((2, DIMENSIONS), np.int64),
        )
