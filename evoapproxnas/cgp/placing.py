"""A program -> a genotype that expresses it: each node gets a place in the grid."""

from collections.abc import Sequence

import numpy as np

from evoapproxnas.cgp.genotype import Genotype
from evoapproxnas.cgp.grid import Grid
from evoapproxnas.cgp.phenotype import Phenotype
from evoapproxnas.cgp.variation import random_genotype
from evoapproxnas.errors import ConfigError


def express(
    grid: Grid,
    program: Phenotype,
    rng: np.random.Generator,
    *,
    base: Genotype | None = None,
    wanted: Sequence[int | None] = (),
) -> Genotype:
    """Return a genotype whose phenotype is `program`.

    Args:
        grid: where the nodes go.
        program: all nodes reach an output; each reads from earlier ones.
        rng: draws the genes that express nothing, if `base` has none for them.
        base: what the other genes are taken from.
        wanted: the places that nodes shall have, None where it does not matter. They do, unless
            the levels-back forbids it; then all nodes are laid out anew.

    Raises:
        ConfigError: the program does not fit the grid.
    """
    given = base or random_genotype(grid, rng)
    places = find_places(grid, program, wanted)
    genes = given.genes.copy()
    table = genes[: -grid.outputs].reshape(-1, grid.genes_per_node)
    addresses = [*range(grid.inputs), *(grid.inputs + place for place in places)]
    for node, place in zip(program.nodes, places, strict=True):
        row = table[place]
        row[0] = node.function
        row[1 : 1 + len(node.inputs)] = [addresses[source] for source in node.inputs]
        row[1 + grid.max_arity :] = 0
        row[1 + grid.max_arity :][: len(node.parameters)] = node.parameters
    genes[-grid.outputs :] = [addresses[source] for source in program.outputs]
    return Genotype(grid, genes)


def find_places(grid: Grid, program: Phenotype, wanted: Sequence[int | None] = ()) -> list[int]:
    """Return the places in which `express` puts the nodes of a program.

    Args:
        grid: in which they are to be put.
        program: the nodes.
        wanted: place of each node, None where any will do; shorter where the last ones are free.

    Raises:
        ConfigError: the program does not fit the grid.
    """
    places = _placed(grid, program, wanted) if wanted else None
    return places or _later(grid, program, _laid_out(grid, program))


def _placed(grid: Grid, program: Phenotype, wanted: Sequence[int | None]) -> list[int] | None:
    """Give every node the place it wants, others a free one between; None if that fails."""
    reserved = {place for place in wanted if place is not None}
    places: list[int] = []
    for node, wish in zip(program.nodes, wanted, strict=True):
        first, end = _window(grid, places, node.inputs)
        free = (p for p in range(first, end) if p not in reserved and p not in places)
        fits = wish is not None and wish not in places and first <= wish < end
        place = wish if fits else next(free, None)
        if place is None:
            return None
        places.append(place)
    return places


def _laid_out(grid: Grid, program: Phenotype) -> list[int]:
    """Put each node into the first column behind its inputs that has a free row.

    Levels-back is not looked at where nodes may move later.
    """
    places: list[int] = []
    for node in program.nodes:
        first, _ = _window(grid, places, node.inputs)
        place = next((p for p in range(first, grid.node_count) if p not in places), None)
        if place is None:
            raise _no_place(grid, len(places))
        places.append(place)
    return places


def _later(grid: Grid, program: Phenotype, places: list[int]) -> list[int]:
    """Move nodes that are read from beyond the levels-back to later columns, if they can be."""
    readers: dict[int, list[int]] = {}
    for index, node in enumerate(program.nodes):
        for source in node.inputs:
            readers.setdefault(source - grid.inputs, []).append(index)
    moved = list(places)
    for index in range(len(places) - 1, -1, -1):
        columns = [moved[reader] // grid.rows for reader in readers.get(index, ())]
        needed = max(columns, default=0) - grid.levels_back
        if moved[index] // grid.rows >= needed:
            continue
        window = range(needed * grid.rows, min(columns) * grid.rows)
        free = next((place for place in window if place not in moved), None)
        if free is None:
            raise _no_place(grid, max(readers[index], key=lambda reader: moved[reader]))
        moved[index] = free
    return moved


def _window(grid: Grid, places: Sequence[int], inputs: Sequence[int]) -> tuple[int, int]:
    """Return the first place behind all inputs, and the end of those within levels-back."""
    columns = [places[s - grid.inputs] // grid.rows for s in inputs if s >= grid.inputs]
    first = (max(columns, default=-1) + 1) * grid.rows
    end = min(min(columns, default=grid.columns) + grid.levels_back + 1, grid.columns)
    return first, end * grid.rows


def _no_place(grid: Grid, node: int) -> ConfigError:
    return ConfigError(
        f"node {node}: no free place within {grid.columns} columns of {grid.rows} rows and "
        f"levels-back {grid.levels_back}; use a larger grid or a shorter detour"
    )
