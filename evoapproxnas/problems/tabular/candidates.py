"""Cells of NAS-Bench-201 as candidates: drawn, varied, or named to begin with.

Candidates are distinct by number. Some of the 15,625 compute the same function (6,466 do not),
but these are other trainings and, with what is never used, other costs.
"""

import functools
import json
from collections.abc import Sequence

import numpy as np

from evoapproxnas.config import RunConfig, SearchConfig
from evoapproxnas.errors import ConfigError, NetworkRejected, UnknownNameError
from evoapproxnas.hardware.hw_nas_bench import cells
from evoapproxnas.hardware.hw_nas_bench.query import number_of
from evoapproxnas.problems.protocol import Parent
from evoapproxnas.records import Candidate, Draft, WarmStart
from evoapproxnas.store import Run, load_run

GENES = len(cells.EDGES)
VALUES = len(cells.OPERATIONS)

_PROBLEM = "nasbench201"
_RUN = "run:"


def draft_of(genes: Sequence[int], *, parents_used: int = 0) -> Draft:
    """Make a candidate of genes.

    Raises:
        NetworkRejected: if they are not six operations.
    """
    try:
        index = cells.index_of(genes)
    except UnknownNameError as error:
        raise NetworkRejected(str(error)) from error
    return _draft_of(index, parents_used)


@functools.cache
def _draft_of(index: int, parents_used: int) -> Draft:
    """Searches propose the same cells again and again."""
    network = json.dumps({_PROBLEM: index, "arch": cells.arch_string(index)})
    return Draft(cells.ops_of(index), str(index), network, str(index), parents_used)


def draw(rng: np.random.Generator) -> Draft:
    """Draw all operations uniformly."""
    return draft_of(rng.integers(VALUES, size=GENES).tolist())


def vary(parents: tuple[Parent, Parent], search: SearchConfig, rng: np.random.Generator) -> Draft:
    """Cross over at the configured rate, uniformly, then change operations.

    Each changes at the mutation rate, and one more until the child is neither parent.

    Raises:
        ConfigError: if the parents are of another problem.
    """
    first, second = (_operations(parent.candidate) for parent in parents)
    crossed = rng.random() < search.crossover_rate
    taken = rng.random(GENES) < 0.5 if crossed else np.ones(GENES, np.bool_)
    genes = [a if own else b for a, b, own in zip(first, second, taken.tolist(), strict=True)]
    for place in np.flatnonzero(rng.random(GENES) < search.mutation_rate).tolist():
        genes[place] = _other(genes[place], rng)
    while tuple(genes) in (first, second):
        place = int(rng.integers(GENES))
        genes[place] = _other(genes[place], rng)
    return draft_of(genes, parents_used=2 if crossed else 1)


def _operations(candidate: Candidate) -> tuple[int, ...]:
    try:
        return cells.ops_of(cells.index_of(candidate.genes))
    except UnknownNameError as error:
        raise ConfigError(f"expected parents of problem {_PROBLEM}: {error}") from error


def _other(code: int, rng: np.random.Generator) -> int:
    """Draw another operation."""
    return (code + int(rng.integers(1, VALUES))) % VALUES


def warm_starts(config: RunConfig) -> list[WarmStart]:
    """Make the candidates that `search.init` names, in its order.

    They are numbers, architecture strings, `run:PATH` for all members of the front of an earlier
    run, or `run:PATH:ID` for one of them.

    Raises:
        ConfigError: for what is none of these, or more than the population takes.
        StoreError: for a run that cannot be read.
    """
    found = [start for name in config.search.init for start in _starts(name)]
    if len(found) > config.search.population:
        raise ConfigError(
            f"search.init names {len(found)} candidates, but search.population is "
            f"{config.search.population}; name fewer, such as run:NAME:ID, or raise it"
        )
    return found


def _starts(name: str) -> list[WarmStart]:
    if name.startswith(_RUN):
        return _members(name.removeprefix(_RUN))
    try:
        index = number_of(name)
    except UnknownNameError as error:
        raise ConfigError(
            f"search.init: {error}; numbers do as well, and run:PATH is the front of a run"
        ) from error
    return [WarmStart(draft_of(cells.ops_of(index)), f"network {index}")]


def _operations_of(candidate: Candidate, run: Run) -> tuple[int, ...]:
    """Genes without those of hardware."""
    return candidate.genes[: len(candidate.genes) - run.config.hardware.genes]


def _members(name: str) -> list[WarmStart]:
    """Front members of a run, each once."""
    path, _, member = name.partition(":")
    run = load_run(path, read_only=True)
    if run.config.problem != _PROBLEM:
        raise ConfigError(
            f"search.init: run {run.name} searched {run.config.problem}, expected {_PROBLEM}"
        )
    candidates = run.database.candidates()
    found = {
        candidates[point.candidate].architecture_key: WarmStart(
            draft_of(_operations_of(candidates[point.candidate], run)),
            f"run {run.name}, {point}",
        )
        for point in run.archive()
        if not member or member in (str(point), str(point.candidate))
    }
    if not found:
        raise ConfigError(f"search.init: run {run.name} has no front member {member}".rstrip())
    return list(found.values())
