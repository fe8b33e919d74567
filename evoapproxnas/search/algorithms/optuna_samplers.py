"""Optuna's samplers, asked and told (extra `optuna`).

Every gene is a categorical parameter, every limit a constraint. Samplers learn of candidates that
they did not choose, too: warm starts, what an earlier session evaluated in the steady state, and
what was drawn because a sampler proposed nothing new.

A sampler's randomness begins with the seed and the place of the first candidate that it is asked
for, so that a generational run that is resumed makes the same choices, and one in the steady state
does not make its first ones again.
"""

import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from evoapproxnas import seeds
from evoapproxnas.config import RunConfig
from evoapproxnas.errors import CandidateError, EnvironmentBroken
from evoapproxnas.problems import Problem
from evoapproxnas.records import CandidateId, Evaluation, Failure, WarmStart
from evoapproxnas.search.algorithms.one_by_one import OneByOne
from evoapproxnas.search.algorithms.options import NoOptions, read_options
from evoapproxnas.search.algorithms.scalar import Scalar, ScalarOptions
from evoapproxnas.search.ledger import Ledger
from evoapproxnas.search.proposing import Proposal, draw, place_draft

_TRIES = 50
"""Trials for a candidate until one is valid and new to the run."""

_Trials = Annotated[int, Field(ge=1, le=10**6)]
_Rate = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True)
class TpeOptions:
    """As Optuna calls them."""

    n_startup_trials: _Trials = 10
    n_ei_candidates: _Trials = 24
    multivariate: bool | None = None
    constant_liar: bool = True


@dataclass(frozen=True)
class GpOptions:
    """As Optuna calls them."""

    n_startup_trials: _Trials = 10


@dataclass(frozen=True)
class GeneticOptions:
    """As Optuna calls them; the size of the population is `search.population`."""

    mutation_prob: _Rate | None = None
    crossover_prob: _Rate = 0.9
    swapping_prob: _Rate = 0.5


@dataclass(frozen=True)
class _Kind:
    """A sampler.

    Attributes:
        of: its class in `optuna.samplers`.
        options: the dataclass that `search.options` is read as.
        needs: packages beside Optuna.
        populated: whether it has a population.
    """

    of: str
    options: Any = NoOptions
    needs: tuple[str, ...] = ()
    populated: bool = False


class OptunaSearch(OneByOne):
    """A study in memory, whose trials are candidates."""

    begins_at_random = False

    def __init__(
        self,
        problem: Problem,
        ledger: Ledger,
        config: RunConfig,
        warm: Sequence[WarmStart] = (),
        *,
        kind: _Kind,
    ) -> None:
        """Take note of the sampler; see `OneByOne`.

        Args:
            problem: makes candidates of values.
            ledger: knows what they came to.
            config: seed, size of the population, `search.options`.
            warm: first candidates of generation 0.
            kind: the sampler.

        Raises:
            EnvironmentBroken: if Optuna is missing, or what the sampler needs beside it.
            ConfigError: for options that cannot be used.
        """
        self._kind = kind
        super().__init__(problem, ledger, config, warm)

    def _prepare(self, config: RunConfig) -> None:
        """Begin a study."""
        kind, ledger = self._kind, self._ledger
        self._optuna = _optuna(kind, config.search.algorithm)
        self._options = asdict(read_options(kind.options, config))
        if kind.populated:
            self._options["population_size"] = config.search.population
        self._compromise = Scalar(ledger, ScalarOptions("chebyshev"))
        self._domains = self._problem.domains()
        choose = self._optuna.distributions.CategoricalDistribution
        self._space = {
            str(gene): choose(range(count))
            for gene, count in enumerate(self._domains)
            if count > 1
        }
        self._study = self._new_study()
        self._begun = False
        self._open: dict[CandidateId, Any] = {}
        """Trials of candidates that have no outcome yet, as far as the study knows."""
        self._worst = np.full(len(ledger.ranking.directions), -np.inf)

    def _new_study(self) -> Any:
        self._optuna.logging.set_verbosity(self._optuna.logging.WARNING)
        return self._optuna.create_study(
            directions=["minimize"] * len(self._ledger.ranking.directions),
            sampler=self._optuna.samplers.RandomSampler(seed=0),
        )

    def _begin(self, place: CandidateId) -> None:
        if not self._begun:
            seed = seeds.integer(self._seed, place.generation, place.index, "sampler")
            make = getattr(self._optuna.samplers, self._kind.of)
            with (
                warnings.catch_warnings()
            ):  # Some say whenever they are made that they may change.
                warnings.simplefilter("ignore", self._optuna.exceptions.ExperimentalWarning)
                self._study.sampler = make(seed=seed, **self._options)
            self._begun = True

    def _propose(self, place: CandidateId, taken: Collection[str]) -> Proposal:
        self._begin(place)
        self._close_trials()
        for _ in range(_TRIES):
            trial = self._study.ask(self._space)
            try:
                draft = self._problem.draft(self._values(trial.params))
            except CandidateError:
                self._fail(trial)
                continue
            if draft.key not in taken:
                self._open[place] = trial
                return place_draft(place, draft)
            known = self._ledger.first_of_key.get(draft.key)
            self._report(trial, known)
        return draw(self._problem, place, seed=self._seed, taken=taken)

    def _values(self, params: Mapping[str, int]) -> list[int]:
        return [params.get(str(gene), 0) for gene in range(len(self._domains))]

    def tell(self, generation: int, places: Sequence[CandidateId]) -> tuple[CandidateId, ...]:
        """Tell the study; the search goes on from it, and from no candidate."""
        for place in places:
            if place not in self._open:
                self._add(place)
        self._close_trials()
        return ()

    def _close_trials(self) -> None:
        """Report what candidates came to since, those included that came to nothing."""
        for place in [place for place in self._open if place in self._ledger.outcomes]:
            self._report(self._open.pop(place), place)

    def _add(self, place: CandidateId) -> None:
        """Report a candidate that the sampler did not choose."""
        values = self._problem.values(self._ledger.candidates[place])
        params = {name: values[int(name)] for name in self._space}
        objectives, excess = self._figures(self._ledger.point(self._best(place)).metrics)
        trial = self._optuna.trial.create_trial(
            values=objectives, params=params, distributions=self._space, constraints=excess
        )
        self._study.add_trial(trial)

    def _report(self, trial: Any, place: CandidateId | None) -> None:
        """Report what a candidate came to; a failure where that is not known, or nothing."""
        outcome = None if place is None else self._ledger.outcomes.get(place)
        if place is None or outcome is None or isinstance(outcome, Failure):
            self._fail(trial)
            return
        objectives, excess = self._figures(
            self._ledger.point(self._best(place)).metrics
            if isinstance(outcome, Evaluation)
            else outcome.metrics
        )
        if not np.isfinite(objectives).all():
            self._fail(trial)
            return
        for name, amount in excess.items():
            trial.set_constraint(name, amount)
        self._study.tell(trial, objectives)

    def _fail(self, trial: Any) -> None:
        self._study.tell(trial, state=self._optuna.trial.TrialState.FAIL)

    def _best(self, place: CandidateId) -> Any:
        """The point that stands for a candidate: the best compromise of equal weights."""
        points = self._ledger.points([place])
        equal = np.full(len(self._worst), 1 / len(self._worst))
        return points[int(self._compromise.scores(points, equal).argmin())]

    def _figures(self, metrics: Mapping[str, float]) -> tuple[list[float], dict[str, float]]:
        """Objectives to be minimized, the worst so far where one is not known, and constraints."""
        ranking = self._ledger.ranking
        found = np.array(ranking.objectives(metrics))
        self._worst = np.fmax(self._worst, found)
        objectives = np.where(np.isnan(found), self._worst, found)
        return objectives.tolist(), {str(x): x.excess(metrics) for x in ranking.limits}


def _optuna(kind: _Kind, name: str) -> Any:
    """Import Optuna.

    Raises:
        EnvironmentBroken: if it is not installed, or what a sampler needs beside it.
    """
    extra = "optuna-gp" if kind.needs else "optuna"
    for package in ("optuna", *kind.needs):
        if find_spec(package) is None:
            raise EnvironmentBroken(
                f"search algorithm {name!r} needs the package {package}; install it with: pip "
                f"install 'evoapproxnas[{extra}]', or choose another one, such as nsga2"
            )
    return import_module("optuna")


tpe = partial(OptunaSearch, kind=_Kind("TPESampler", TpeOptions))
gp = partial(OptunaSearch, kind=_Kind("GPSampler", GpOptions, needs=("torch",)))
nsga2 = partial(OptunaSearch, kind=_Kind("NSGAIISampler", GeneticOptions, populated=True))
nsga3 = partial(OptunaSearch, kind=_Kind("NSGAIIISampler", GeneticOptions, populated=True))
random = partial(OptunaSearch, kind=_Kind("RandomSampler"))
