"""The accelerators that lists of a configuration make, by genes and by name."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from evoapproxnas.config import HardwareConfig
from evoapproxnas.errors import ConfigError, unknown_name
from evoapproxnas.hardware.accelerators import (
    Accelerator,
    buffer_kb,
    load_accelerator,
    variant_text,
)
from evoapproxnas.hardware.accelerators.description import DATAFLOWS
from evoapproxnas.hardware.accelerators.variants import varied

Genes = tuple[int, ...]
GENES = 5
"""A place in each list: description, rows, columns, buffers, dataflow."""
MOST_PRICED = 4096
"""Accelerators that every network can be priced on."""

_AXES = ("accelerators", "rows", "columns", "buffer_kb", "dataflows")


@dataclass(frozen=True)
class Grid:
    """All combinations of the lists.

    Attributes:
        axes: the lists, in the order of the genes; None stands for what a description says.
    """

    axes: tuple[tuple[Any, ...], ...]

    @property
    def domains(self) -> tuple[int, ...]:
        """How many values each gene has."""
        return tuple(len(axis) for axis in self.axes)

    @property
    def size(self) -> int:
        """How many accelerators there are."""
        return math.prod(self.domains)

    @cached_property
    def descriptions(self) -> Mapping[str, Accelerator]:
        """What is varied, by name; files are read once."""
        return {name: load_accelerator(name) for name in self.axes[0]}

    @cached_property
    def _made(self) -> dict[Genes, tuple[str, Accelerator]]:
        return {}

    def name(self, genes: Genes) -> str:
        """Name of the accelerator of genes, as `load_accelerator` reads it.

        Raises:
            ConfigError: for sizes that are impossible.
        """
        return self._make(genes)[0]

    def accelerator(self, genes: Genes) -> Accelerator:
        """The accelerator of genes.

        Raises:
            ConfigError: for sizes that are impossible.
        """
        return self._make(genes)[1]

    def _make(self, genes: Genes) -> tuple[str, Accelerator]:
        if genes not in self._made:
            described, rows, columns, buffer, dataflow = (
                axis[gene] for axis, gene in zip(self.axes, genes, strict=True)
            )
            base = self.descriptions[described]
            text = variant_text(base, rows=rows, columns=columns, buffer=buffer, dataflow=dataflow)
            name = f"{described}@{text}" if text else str(described)
            self._made[genes] = name, varied(base, text) if text else base
        return self._made[genes]

    def genes(self, name: str) -> Genes | None:
        """Genes of the accelerator of a name; None if it is not of this grid."""
        described, at, text = name.rpartition("@")
        described, text = (described, text) if at else (name, "")
        if described not in self.descriptions:
            described, text = name, ""  # A file whose path has an "@".
        if described not in self.descriptions:
            return None
        base = self.descriptions[described]
        found = varied(base, text) if text else base
        genes = (
            self.axes[0].index(described),
            _place(self.axes[1], base.rows, found.rows),
            _place(self.axes[2], base.columns, found.columns),
            _nearest(self.axes[3], buffer_kb(found)),
            _place(self.axes[4], base.dataflow, found.dataflow),
        )
        return genes if self.name(genes) == name else None

    def all(self) -> Iterator[Genes]:
        """Genes of all accelerators, in the order of the lists."""
        for index in range(self.size):
            yield self.at(index)

    def at(self, index: int) -> Genes:
        """Genes of the accelerator with a number."""
        found = []
        for size in reversed(self.domains):
            index, gene = divmod(index, size)
            found.append(gene)
        return tuple(reversed(found))

    def spread(self, count: int) -> list[Genes]:
        """Genes of at most so many accelerators, evenly spread over all numbers."""
        numbers = np.linspace(0, self.size - 1, min(count, self.size)).astype(int)
        return [self.at(int(number)) for number in numbers]

    def around(self, genes: Genes, count: int) -> list[Genes]:
        """Genes, and those that differ from them in one; at most so many, evenly chosen."""
        others = [
            (*genes[:axis], gene, *genes[axis + 1 :])
            for axis, size in enumerate(self.domains)
            for gene in range(size)
            if gene != genes[axis]
        ]
        chosen = np.linspace(0, len(others) - 1, min(count - 1, len(others))).astype(int)
        return [genes, *(others[number] for number in chosen.tolist())]

    def containing(self, axis: int, gene: int, count: int) -> list[Genes]:
        """Likewise of those with one value."""
        rest = Grid((*self.axes[:axis], (None,), *self.axes[axis + 1 :]))
        return [(*g[:axis], gene, *g[axis + 1 :]) for g in rest.spread(count)]

    def key(self, axis: int, gene: int) -> str:
        """Name a value as the configuration has it."""
        return f"hardware.{_AXES[axis]}: {self.axes[axis][gene]}"


def make_grid(config: HardwareConfig) -> Grid:
    """Read the lists of a configuration.

    Raises:
        ConfigError: for a description that cannot be read, a size that is impossible, or more
            accelerators than every network can be priced on where that is asked for.
        UnknownNameError: for an unknown accelerator or dataflow, with the nearest names.
    """
    if config.search == "off":
        load_accelerator(config.accelerator)
        return Grid(((config.accelerator,), *([(None,)] * (GENES - 1))))
    for name in config.dataflows:
        if name not in DATAFLOWS:
            raise unknown_name("dataflow", name, DATAFLOWS)
    described = config.accelerators or (config.accelerator,)
    if varied := [name for name in described if "@" in name and not name.endswith(".toml")]:
        raise ConfigError(
            f"hardware.accelerators: {varied[0]!r} is varied already; name "
            f"{varied[0].rpartition('@')[0]!r}, and give its sizes in hardware.rows, columns, "
            "buffer_kb and dataflows"
        )
    lists = (described, config.rows, config.columns, config.buffer_kb, config.dataflows)
    grid = Grid(tuple(values or (None,) for values in lists))
    for genes in _each_value(grid):
        grid.accelerator(genes)
    if config.search == "inner" and grid.size > MOST_PRICED:
        raise ConfigError(
            f"hardware.search is inner, which prices every network on all {grid.size:,} "
            f"accelerators of the lists; shorten them to {MOST_PRICED:,}, or use genes"
        )
    return grid


def _each_value(grid: Grid) -> Iterator[Genes]:
    """Genes in which each description meets each value of each list."""
    for described in range(grid.domains[0]):
        for axis in range(1, GENES):
            for gene in range(grid.domains[axis]):
                genes = [described, *([0] * (GENES - 1))]
                genes[axis] = gene
                yield tuple(genes)


def _place(axis: tuple[Any, ...], described: Any, value: Any) -> int:
    """Place of a value in a list in which None stands for what is described; 0 if it has none."""
    values = [described if v is None else v for v in axis]
    return values.index(value) if value in values else 0


def _nearest(axis: tuple[Any, ...], value: float) -> int:
    """Place of the size that comes nearest: buffers have whole bytes."""
    if axis == (None,):
        return 0
    return min(range(len(axis)), key=lambda place: abs(float(axis[place]) - value))
