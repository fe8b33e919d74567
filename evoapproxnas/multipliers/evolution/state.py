"""The checkpoint of an evolution: where a search stands, read without trust in the file.

The compiled loops take genes as they are, so what no search could have left is refused here.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field

from evoapproxnas.cgp import Genotype
from evoapproxnas.circuits.cgp_form import from_genotype
from evoapproxnas.errors import ConfigError, MultiplierError
from evoapproxnas.files import decode_json, read_text
from evoapproxnas.multipliers.evolution.task import EvolutionTask

_Gene = Annotated[int, Field(ge=0, lt=2**31)]
_Count = Annotated[int, Field(ge=0, lt=2**53)]


@dataclass(frozen=True)
class SearchState:
    """What a search goes on from.

    Attributes:
        task: digest of its task.
        genes: of the parent.
        best: genes of the circuit of the least power so far.
        random: state of the random numbers.
        counters: evaluations, neutral ones, and the evaluation of the last improvement.
        scale: share of the bound that the search uses.
        start_fj: energy that it began with.
    """

    task: str
    genes: tuple[_Gene, ...]
    best: tuple[_Gene, ...]
    random: Annotated[int, Field(ge=1, lt=2**64)]
    counters: tuple[_Count, _Count, _Count]
    scale: Annotated[float, Field(gt=0, le=1)]
    start_fj: Annotated[float, Field(ge=0)]


def load_state(path: Path, task: EvolutionTask) -> SearchState | None:
    """Read a checkpoint; None where there is none yet.

    Raises:
        MultiplierError: if the file is not the checkpoint of this task, or holds what this task
            cannot have led to.
    """
    if not path.exists():
        return None
    where = f"{path} is not a checkpoint of an evolution"
    text = read_text(path, error=MultiplierError)
    state = decode_json(SearchState, text, where=where, error=MultiplierError)
    if state.task != task.digest:
        raise MultiplierError(
            f"{path} is the checkpoint of another evolution: start, bound, metric, operands or "
            "seed differ; choose another file or delete it"
        )
    for key, genes in (("genes", state.genes), ("best", state.best)):
        try:
            netlist = from_genotype(Genotype(task.genotype.grid, np.array(genes, np.int64)))
        except ConfigError as error:
            raise MultiplierError(f"{where}: {key}: {error}; delete it") from error
        if not task.allows(netlist):
            raise MultiplierError(
                f"{where}: {key} are a circuit of {task.metric} = {task.error(netlist):.6g}, "
                f"above the bound {task.bound:.6g}; delete it"
            )
    if max(state.counters) > state.counters[0]:
        raise MultiplierError(f"{where}: counters {state.counters} contradict each other")
    return state
