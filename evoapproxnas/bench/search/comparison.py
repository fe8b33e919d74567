"""All searches with all seeds, in parallel, and their quartiles."""

import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from itertools import product
from math import prod
from multiprocessing import get_context
from typing import Any

import numpy as np

from evoapproxnas.bench.search.attainment import (
    Curse,
    Yardstick,
    curse_of,
    shares_after,
    shares_within,
)
from evoapproxnas.bench.search.contenders import algorithm_of, config_of, truth_of
from evoapproxnas.bench.search.setting import Setting
from evoapproxnas.bench.search.trace import Floats, trace
from evoapproxnas.errors import ConfigError
from evoapproxnas.problems import Problem

CHECKPOINTS = (100, 200, 500, 1000)
"""Numbers of networks after which searches are compared."""

_CURVE = 40
"""Points of a curve."""

_QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, eq=False)
class Outcome:
    """One search with one seed.

    Attributes:
        search, seed: which.
        networks: how many different ones it evaluated.
        shares: of the true hypervolume, after each checkpoint.
        by_networks: likewise along `Comparison.networks`.
        by_hours: likewise along `Comparison.hours`.
        hours: of simulated training.
        processor_s: that the search took.
        curse: what became of its last front.
    """

    search: str
    seed: int
    networks: int
    shares: Floats
    by_networks: Floats
    by_hours: Floats
    hours: float
    processor_s: float
    curse: Curse


@dataclass(frozen=True, eq=False)
class Comparison:
    """What searches came to.

    Attributes:
        setting: what was searched.
        objectives: error and cost.
        reference: of the hypervolume.
        checkpoints: numbers of networks.
        networks: where curves over networks have their points.
        hours: where curves over simulated training have theirs.
        outcomes: by search, a list over seeds.
    """

    setting: Setting
    objectives: tuple[str, str]
    reference: tuple[float, ...]
    checkpoints: tuple[int, ...]
    networks: tuple[int, ...]
    hours: tuple[float, ...]
    outcomes: Mapping[str, Sequence[Outcome]]

    def quartiles(self, search: str, what: Callable[[Outcome], Floats]) -> Floats:
        """Lower quartile, median and upper quartile over seeds, shape (3, n).

        Args:
            search: its name in `outcomes`.
            what: returns a curve of an outcome, shape (n,).

        Returns:
            Lower quartile, median and upper quartile over seeds, shape (3, n).
        """
        return np.quantile([what(o) for o in self.outcomes[search]], _QUARTILES, axis=0)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield a row for each search and checkpoint."""
        for search in self.outcomes:
            quartiles = self.quartiles(search, lambda outcome: outcome.shares)
            for networks, (low, middle, high) in zip(self.checkpoints, quartiles.T, strict=True):
                yield {
                    "search": search,
                    "networks": networks,
                    "median": float(middle),
                    "lower_quartile": float(low),
                    "upper_quartile": float(high),
                }

    def costs(self) -> Iterator[dict[str, Any]]:
        """Yield for each search what it took, and what noise made of its fronts (means)."""
        for search, outcomes in self.outcomes.items():
            evaluated = sum(outcome.networks for outcome in outcomes)
            curses = [outcome.curse for outcome in outcomes]
            yield {
                "search": search,
                "networks": evaluated / len(outcomes),
                "hours": float(np.mean([outcome.hours for outcome in outcomes])),
                "ms_per_network": 1000 * sum(o.processor_s for o in outcomes) / evaluated,
                "front_seen_pct": _mean(curse.seen_pct for curse in curses),
                "front_again_pct": _mean(curse.again_pct for curse in curses),
                "curse_points": _mean(curse.points for curse in curses),
            }

    def as_dict(self) -> dict[str, Any]:
        """Return all of it, ready for JSON."""
        runs = [
            {
                "search": outcome.search,
                "seed": outcome.seed,
                "networks": outcome.networks,
                "shares": outcome.shares.tolist(),
                "by_networks": outcome.by_networks.tolist(),
                "by_hours": outcome.by_hours.tolist(),
                "hours": outcome.hours,
                "processor_s": outcome.processor_s,
                **asdict(outcome.curse),
            }
            for outcomes in self.outcomes.values()
            for outcome in outcomes
        ]
        return {
            "setting": asdict(self.setting),
            "objectives": self.objectives,
            "reference": self.reference,
            "checkpoints": self.checkpoints,
            "curve_networks": self.networks,
            "curve_hours": self.hours,
            "quartiles": list(self.rows()),
            "costs": list(self.costs()),
            "runs": runs,
        }


def _mean(values: Iterable[float | None]) -> float | None:
    """Mean of the values that there are."""
    there = [value for value in values if value is not None]
    return float(np.mean(there)) if there else None


@dataclass(frozen=True)
class _Plan:
    """What every search of a comparison has in common."""

    setting: Setting
    evaluations: int
    checkpoints: tuple[int, ...]
    networks: tuple[int, ...]
    hours: tuple[float, ...]


def compare(
    searches: Sequence[str],
    *,
    seeds: int,
    evaluations: int,
    setting: Setting,
    workers: int = 1,
    progress: Callable[[Outcome], None] | None = None,
) -> Comparison:
    """Let searches compete.

    Args:
        searches: contenders; see `contenders`.
        seeds: every search has the seeds 0 .. seeds - 1.
        evaluations: different networks that each may evaluate.
        setting: what is searched.
        workers: processes.
        progress: is told of each search when it is done.

    Returns:
        What all of them came to.

    Raises:
        EvoApproxNASError: if there is no such search, setting or table, or fewer networks than
            evaluations; nothing is searched then.
    """
    searches = list(dict.fromkeys(searches))
    configs = [config_of(search, setting, 0) for search in searches]
    truth = [truth_of(setting, config) for config in configs][0]
    for search in searches:
        algorithm_of(search)
    _check_evaluations(evaluations, truth.problem)
    plan = _plan(setting, evaluations, truth.typical_hours)
    outcomes: dict[str, list[Outcome]] = {search: [] for search in searches}
    for outcome in _run(list(product(range(seeds), searches)), plan, workers):
        outcomes[outcome.search].append(outcome)
        if progress is not None:
            progress(outcome)
    return Comparison(
        setting=setting,
        objectives=truth.objectives,
        reference=tuple(truth.reference.tolist()),
        checkpoints=plan.checkpoints,
        networks=plan.networks,
        hours=plan.hours,
        outcomes=outcomes,
    )


def _check_evaluations(evaluations: int, problem: Problem) -> None:
    """Refuse what no search could evaluate.

    Raises:
        ConfigError: for more networks than there are.
    """
    most = prod(problem.domains())
    if not 1 <= evaluations <= most:
        raise ConfigError(
            f"{problem.description}: expected 1 to {most:,} evaluations, got {evaluations:,}"
        )


def _plan(setting: Setting, evaluations: int, typical_hours: float) -> _Plan:
    checkpoints = [point for point in CHECKPOINTS if point < evaluations] + [evaluations]
    networks = np.unique(np.geomspace(min(10, evaluations), evaluations, _CURVE).astype(int))
    hours = np.geomspace(min(10, evaluations), evaluations, _CURVE) * typical_hours
    return _Plan(
        setting,
        evaluations,
        checkpoints=tuple(checkpoints),
        networks=tuple(networks.tolist()),
        hours=tuple(hours.tolist()) if typical_hours else (),
    )


def _run(jobs: list[tuple[int, str]], plan: _Plan, workers: int) -> Iterator[Outcome]:
    search = partial(_outcome, plan)
    if workers == 1 or len(jobs) == 1:
        yield from map(search, jobs)
        return
    workers, context = min(workers, len(jobs)), get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_leave_interrupts) as pool:
        yield from pool.map(search, jobs)


def _leave_interrupts() -> None:
    """Ctrl-C reaches all processes of a terminal; the one that began the comparison ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _outcome(plan: _Plan, job: tuple[int, str]) -> Outcome:
    """Search, in whatever process."""
    seed, search = job
    found, truth = trace(search, seed, plan.setting, plan.evaluations)
    yardstick = Yardstick(truth.reference, truth.volume)
    return Outcome(
        search=search,
        seed=seed,
        networks=len(found.true),
        shares=shares_after(found, plan.checkpoints, yardstick),
        by_networks=shares_after(found, plan.networks, yardstick),
        by_hours=shares_within(found, plan.hours, yardstick),
        hours=float(found.hours[-1]),
        processor_s=found.processor_s,
        curse=curse_of(found),
    )
