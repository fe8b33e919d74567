"""pymoo's NSGA-II, as a yardstick.

Operators and population are the best of those that were tried on NAS-Bench-201 (see `_SIZE`), so
that it is no straw man.

Source: Blank and Deb, "pymoo: Multi-Objective Optimization in Python", IEEE Access 2020.
"""

import importlib
from collections import deque
from collections.abc import Sequence
from typing import Any

import numpy as np

from evoapproxnas import seeds
from evoapproxnas.config import RunConfig
from evoapproxnas.errors import ConfigError
from evoapproxnas.problems import Problem
from evoapproxnas.records import CandidateId, Evaluation, WarmStart
from evoapproxnas.search.ledger import Ledger
from evoapproxnas.search.proposing import Proposal, draw, place_draft

_SIZE = 10
"""Of 10, 20, 40 and 100, the best after 100, 200 and 500 networks."""

_SPREAD = 3.0
"""Distribution index of crossover and mutation, as pymoo's guide has it for integers."""


class PymooNsga2:
    """Asks pymoo for a population whenever all of the last one have outcomes."""

    def __init__(
        self,
        problem: Problem,
        ledger: Ledger,
        config: RunConfig,
        warm: Sequence[WarmStart] = (),
    ) -> None:
        """Start without a population.

        Raises:
            ConfigError: if pymoo is not installed.
        """
        self._problem, self._ledger, self._seed = problem, ledger, config.seed
        self._theirs = _make(problem.domains(), len(config.search.objectives), config.seed)
        self._asked: Any = None
        self._waiting: deque[tuple[int, ...]] = deque()

    def ask(self, generation: int) -> list[Proposal]:
        """Propose a population."""
        first = self.next(CandidateId(generation, 0))
        rest = [CandidateId(generation, i + 1) for i in range(len(self._waiting))]
        return [first, *(self.next(place) for place in rest)]

    def next(self, place: CandidateId) -> Proposal:
        """Propose the next of the population; draw one where pymoo knows no other."""
        if not self._waiting:
            self._turn()
        if not self._waiting:
            return draw(self._problem, place, seed=self._seed)
        return place_draft(place, self._problem.draft(self._waiting.popleft()))

    def tell(self, generation: int, places: Sequence[CandidateId]) -> tuple[CandidateId, ...]:
        """Nothing: outcomes are taken from the ledger when the population is complete."""
        return ()

    def _turn(self) -> None:
        if self._asked is not None:
            self._asked.set("F", np.array([self._vector(genes) for genes in self._asked.get("X")]))
            self._theirs.tell(infills=self._asked)
        asked = self._theirs.ask()
        self._asked = asked if asked is not None and len(asked) else None
        if self._asked is not None:
            self._waiting.extend(tuple(genes) for genes in self._asked.get("X").tolist())

    def _vector(self, genes: Any) -> list[float]:
        key = self._problem.draft([int(gene) for gene in genes]).key
        outcome = self._ledger.outcomes[self._ledger.first_of_key[key]]
        metrics = outcome.metrics if isinstance(outcome, Evaluation) else {}
        return self._ledger.ranking.vector(metrics)


def _make(domains: Sequence[int], objectives: int, seed: int) -> Any:
    """Return pymoo's algorithm for integers."""
    nsga2 = import_pymoo("pymoo.algorithms.moo.nsga2")
    rounding = import_pymoo("pymoo.operators.repair.rounding").RoundingRepair()
    same: dict[str, Any] = {"prob": 1.0, "eta": _SPREAD, "vtype": float, "repair": rounding}
    algorithm = nsga2.NSGA2(
        pop_size=_SIZE,
        sampling=import_pymoo("pymoo.operators.sampling.rnd").IntegerRandomSampling(),
        crossover=import_pymoo("pymoo.operators.crossover.sbx").SBX(**same),
        mutation=import_pymoo("pymoo.operators.mutation.pm").PM(**same),
        eliminate_duplicates=True,
    )
    highest = np.array(domains) - 1
    problem = import_pymoo("pymoo.core.problem").Problem(
        n_var=len(domains), n_obj=objectives, xl=0 * highest, xu=highest, vtype=int
    )
    number = seeds.integer(seed, 0, 0, "pymoo")
    algorithm.setup(problem, termination=("n_gen", 10**9), seed=number, verbose=False)
    return algorithm


def import_pymoo(name: str) -> Any:
    """Import a module of pymoo.

    Raises:
        ConfigError: if it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ConfigError(
            "search pymoo:nsga2 needs pymoo, which is in the extra dev: "
            f"pip install 'evoapproxnas[dev]' ({error})"
        ) from error
