"""The searches that are compared, by name.

A contender is the name of a search algorithm, and what it changes of the configuration:
`nsga2+search.population=20`, `nsga2+rungs.passes=[12,200]`.
"""

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from operator import attrgetter
from typing import Any

from evoapproxnas.bench.search.nasbench201 import nasbench201_truth
from evoapproxnas.bench.search.pymoo_nsga2 import PymooNsga2, import_pymoo
from evoapproxnas.bench.search.setting import Setting
from evoapproxnas.bench.search.synthetic import synthetic_truth
from evoapproxnas.bench.search.truth import Truth
from evoapproxnas.config import RunConfig, load_config
from evoapproxnas.errors import ConfigError, unknown_name
from evoapproxnas.problems import make_problem, with_objectives
from evoapproxnas.search.algorithms import find_algorithm
from evoapproxnas.search.in_memory import MakeAlgorithm

DEFAULT_SEARCHES = (
    "nsga2",
    "random",
    "weighted_sum",
    "aging",
    "reinforce",
    "optuna:nsga2",
    "pymoo:nsga2",
    "nsga2+rungs.passes=[12,200]",
)

_OF_OTHERS: Mapping[str, MakeAlgorithm] = {"pymoo:nsga2": PymooNsga2}
"""Yardsticks: what campaigns have no use for."""

_SHARED = (
    *("problem", "seed", "data"),
    *(f"tabular.{key}" for key in ("dataset", "epochs", "training", "pickle")),
    *(f"search.{key}" for key in ("algorithm", "objectives", "init", "reuse")),
)
"""What is the same for all searches that are compared, or has no meaning in a comparison."""

_TRUTHS: Mapping[str, Callable[[Any, Setting, RunConfig], Truth]] = {
    "nasbench201": nasbench201_truth,
    "synthetic": synthetic_truth,
}


def default_searches(setting: Setting) -> tuple[list[str], list[str]]:
    """Return the searches that are compared unless others are named, and those left out.

    Left out are searches of packages that are not installed; rungs are where there are fidelities.

    Args:
        setting: what is searched.
    """
    one_fidelity = setting.problem != "nasbench201" or setting.fidelity != Setting.fidelity
    there = [name for name in DEFAULT_SEARCHES if not (one_fidelity and "rungs" in name)]
    missing = [name for name in there if ":" in name and not find_spec(name.partition(":")[0])]
    return [name for name in there if name not in missing], missing


def algorithm_of(contender: str) -> MakeAlgorithm:
    """Return what makes the algorithm of a contender.

    Raises:
        UnknownNameError: if there is none of that name.
        ConfigError: if it needs an extra that is not installed.
    """
    name = contender.partition("+")[0]
    if name in _OF_OTHERS:
        import_pymoo("pymoo")
        return _OF_OTHERS[name]
    return find_algorithm(name)


def config_of(contender: str, setting: Setting, seed: int) -> RunConfig:
    """Return the configuration of one search.

    Tables have no workers to keep busy, so searches choose one network after the other by all
    that is known (`search.mode`), unless they say otherwise.

    Raises:
        ConfigError: for a setting that there is not, or that is not the contender's to make.
    """
    name, *settings = contender.split("+")
    values: dict[str, Any] = {
        "problem": setting.problem,
        "seed": seed,
        "search": {"algorithm": name, "mode": "steady"},
        "tabular": {"dataset": setting.dataset},
        "data": {"data_dir": setting.data_dir},
    }
    config = load_config(values=values, settings=settings)
    _check_shared(contender, config, load_config(values=values))
    config = with_objectives(config)
    if not setting.cost:
        return config
    objectives = (config.search.objectives[0], setting.cost)
    search = config.search.model_copy(update={"objectives": objectives})
    return config.model_copy(update={"search": search})


def _check_shared(contender: str, config: RunConfig, usual: RunConfig) -> None:
    for key in _SHARED:
        if attrgetter(key)(config) != attrgetter(key)(usual):
            raise ConfigError(
                f"search {contender!r:.200} changes {key}, which is the same for all searches "
                "that are compared; leave it out. Problem, data set, cost, epochs and seeds are "
                "options of the comparison; searches change sections search and rungs"
            )


def truth_of(setting: Setting, config: RunConfig) -> Truth:
    """Return the problem of a setting, with its truth.

    Raises:
        UnknownNameError: if the truth about a problem, data set or cost is not known.
        DatasetError: if there is no table.
    """
    if setting.problem not in _TRUTHS:
        raise unknown_name("problem whose truth is known", setting.problem, _TRUTHS)
    return _TRUTHS[setting.problem](make_problem(config), setting, config)
