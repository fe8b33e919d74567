"""What an accelerator is: an array of processing elements, and memories with what access takes."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np

from evoapproxnas.errors import ConfigError
from evoapproxnas.hardware.accelerators.orders import Target

Operand = Literal["weights", "inputs", "outputs"]
OPERANDS: tuple[Operand, ...] = get_args(Operand)
Dataflow = Literal["weight_stationary", "output_stationary", "row_stationary", "any"]
DATAFLOWS: tuple[Dataflow, ...] = get_args(Dataflow)
Level = Literal["register file", "buffer", "dram"]
LEVELS: tuple[Level, ...] = get_args(Level)
Dimension = Literal[
    "groups",
    "output_channels",
    "input_channels",
    "output_rows",
    "output_columns",
    "kernel_rows",
    "kernel_columns",
]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
"""Loops of a layer; channels are those of a group."""

SPREAD: dict[Dataflow, tuple[tuple[Dimension, ...], tuple[Dimension, ...]]] = {
    "weight_stationary": (
        ("input_channels", "kernel_rows", "kernel_columns"),
        ("output_channels",),
    ),
    "output_stationary": (("output_rows",), ("output_columns",)),
    "row_stationary": (("kernel_rows", "input_channels"), ("output_rows",)),
    "any": (("output_channels",), ("input_channels",)),
}
"""What a dataflow spreads over rows and columns of the array, what comes first being preferred."""

INNERMOST: dict[Dataflow, tuple[Dimension, ...]] = {
    "weight_stationary": ("output_rows", "output_columns"),
    "output_stationary": ("input_channels", "kernel_rows", "kernel_columns"),
    "row_stationary": ("output_columns", "kernel_columns"),
    "any": DIMENSIONS,
}
"""Loops of which one runs innermost, where the layer has any of them: what is stationary stays."""

CODE_BITS = 8
"""Of a weight, an input and an output."""
_MOST_LEVELS = 8
_MOST_SPREAD = 3


@dataclass(frozen=True, kw_only=True)
class Memory:
    """One memory, or one of each processing element.

    Attributes:
        name: of it.
        level: which kind of access its energy counts as.
        operands: what it holds.
        size_bytes: of one.
        word_bits: that one access moves, and that cross a port in a cycle.
        read_pj: energy of reading a word.
        write_pj: likewise of writing.
        per_element: whether each processing element has one.
        one_port: whether reads and writes share a port.
        area_um2: of one.
    """

    name: str
    level: Level
    operands: tuple[Operand, ...]
    size_bytes: int
    word_bits: int
    read_pj: float
    write_pj: float
    per_element: bool
    one_port: bool
    area_um2: float


@dataclass(frozen=True, kw_only=True)
class Accelerator:
    """An array of multipliers and its memories.

    Attributes:
        name: a label.
        rows: of the array.
        columns: likewise.
        clock_mhz: of the array, unless the multiplier is slower.
        dataflow: what stays in place while the innermost loop runs, and what is spread.
        sum_bits: width of partial sums.
        accumulator_pj: energy of adding one product.
        accumulator_um2: area of an adder and its register.
        memories: innermost first; an operand passes through those that hold it, in this order.
        sources: where the figures come from.

    Raises:
        ConfigError: for memories that an operand cannot pass through.
    """

    name: str
    rows: int
    columns: int
    clock_mhz: float
    dataflow: Dataflow
    sum_bits: int
    accumulator_pj: float
    accumulator_um2: float
    memories: tuple[Memory, ...]
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check that every operand has memories, those of the elements first."""
        for operand in OPERANDS:
            path = [m for m in self.memories if operand in m.operands]
            if not 1 <= len(path) <= _MOST_LEVELS:
                raise ConfigError(
                    f"accelerator {self.name!r}: {operand} need 1 to {_MOST_LEVELS} memories, got "
                    f"{len(path)}; name {operand!r} in the operands of the memories that hold them"
                )
            private = [m.per_element for m in path]
            if private != sorted(private, reverse=True) or private[-1]:
                raise ConfigError(
                    f"accelerator {self.name!r}: memories of {operand} must be listed from the "
                    "processing elements outwards, the last one shared by all elements, got "
                    f"{', '.join(m.name for m in path)}"
                )

    def __hash__(self) -> int:
        """Hash once; costs are looked up by accelerator again and again."""
        return self._hash

    @cached_property
    def _hash(self) -> int:
        array = self.name, self.rows, self.columns, self.clock_mhz, self.dataflow, self.sum_bits
        return hash((array, self.memories))

    @property
    def elements(self) -> int:
        """Number of processing elements."""
        return self.rows * self.columns

    @cached_property
    def paths(self) -> dict[Operand, tuple[Memory, ...]]:
        """The memories that each operand passes through, innermost first."""
        return {name: tuple(m for m in self.memories if name in m.operands) for name in OPERANDS}

    @cached_property
    def target(self) -> Target:
        """What the compiled search takes: memories and the levels of every operand, numbered."""
        memories = self.memories
        level_of = np.full((len(memories), len(OPERANDS)), -1)
        memory_of = np.full((len(OPERANDS), _MOST_LEVELS), -1)
        levels, private = np.zeros(3, np.int64), np.zeros(3, np.int64)
        for i, memory in enumerate(memories):
            for j, operand in enumerate(OPERANDS):
                if operand in memory.operands:
                    level_of[i, j], memory_of[j, levels[j]] = levels[j], i
                    levels[j] += 1
                    private[j] += memory.per_element
        axes = SPREAD[self.dataflow]
        return Target(
            places=np.array([self.rows, self.columns]),
            axes=np.array([[_number(axis, i) for i in range(_MOST_SPREAD)] for axis in axes]),
            innermost=np.array([d in INNERMOST[self.dataflow] for d in DIMENSIONS]),
            bits=np.array([CODE_BITS, CODE_BITS, self.sum_bits, CODE_BITS]),
            capacity=np.array([8 * m.size_bytes for m in memories]),
            width=np.array([m.word_bits for m in memories]),
            cost=np.array([(m.read_pj, m.write_pj) for m in memories], np.float64),
            one_port=np.array([m.one_port for m in memories]),
            level_of=level_of,
            memory_of=memory_of,
            levels=levels,
            private=private,
        )


def _number(axis: tuple[Dimension, ...], place: int) -> int:
    return DIMENSIONS.index(axis[place]) if place < len(axis) else -1
