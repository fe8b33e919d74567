"""One search with one seed, and what it saw."""

from collections.abc import Mapping
from dataclasses import dataclass
from time import process_time

import numpy as np
import numpy.typing as npt

from evoapproxnas.bench.search.contenders import algorithm_of, config_of, truth_of
from evoapproxnas.bench.search.setting import Setting
from evoapproxnas.bench.search.truth import Truth
from evoapproxnas.pareto import Points
from evoapproxnas.records import CandidateId
from evoapproxnas.search.in_memory import Evaluated, SearchInMemory

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trace:
    """The steps of a search, in order; k of them on n different networks.

    Attributes:
        search: the contender.
        seed: of the search.
        networks: which network a step was on, 0 .. n - 1 by first step, shape (k,).
        seen: error and cost that it gave, shape (k, 2).
        hours: of simulated training up to the end of the step, shape (k,).
        true: error and cost, shape (n, 2).
        again: errors seen a second time, shape (n,); NaN where nothing is noisy or known.
        processor_s: that the search took, look-ups included.
    """

    search: str
    seed: int
    networks: npt.NDArray[np.int64]
    seen: Points
    hours: Floats
    true: Points
    again: Floats
    processor_s: float


def trace(search: str, seed: int, setting: Setting, evaluations: int) -> tuple[Trace, Truth]:
    """Search.

    Args:
        search: the contender.
        seed: of the search.
        setting: what is searched.
        evaluations: how many different networks are evaluated.

    Raises:
        EvoApproxNASError: if there is no such search, setting or table.
    """
    config = config_of(search, setting, seed)
    truth = truth_of(setting, config)
    make = algorithm_of(search)
    start = process_time()
    done = SearchInMemory(truth.problem, config, make, truth.evaluate).run(evaluations)
    return _traced(search, seed, done, truth, process_time() - start), truth


def _traced(
    search: str, seed: int, done: list[Evaluated], truth: Truth, processor_s: float
) -> Trace:
    candidates = {step.candidate.id: step.candidate for step in done}
    number: Mapping[CandidateId, int] = {place: i for i, place in enumerate(candidates)}
    trainings = [step.evaluation.training for step in done]
    seconds = [0.0 if training is None else training.seconds for training in trainings]
    again = [np.nan if truth.again is None else truth.again(c) for c in candidates.values()]
    return Trace(
        search=search,
        seed=seed,
        networks=np.array([number[step.candidate.id] for step in done], np.int64),
        seen=np.array([[step.evaluation.metrics[n] for n in truth.objectives] for step in done]),
        hours=np.cumsum(seconds) / 3600,
        true=np.array([truth.true(candidate) for candidate in candidates.values()]),
        again=np.array(again, np.float64),
        processor_s=processor_s,
    )
