"""Problems by name; each is imported when it is asked for, as it may need a lot."""

from typing import cast

from evoapproxnas.config import RunConfig
from evoapproxnas.errors import ConfigError, unknown_name
from evoapproxnas.extensions import imported
from evoapproxnas.problems.finishing import Finisher, FinisherKind
from evoapproxnas.problems.protocol import Problem, ProblemKind
from evoapproxnas.problems.ranking import make_ranking

PROBLEMS = {
    "cnn": "evoapproxnas.problems.cnn:CnnProblem",
    "nasbench201": "evoapproxnas.problems.tabular:NasBench201Problem",
    "synthetic": "evoapproxnas.problems.synthetic:SyntheticProblem",
}
"""`module:attribute` of what makes a problem of a configuration."""

FINISHERS = {"cnn": "evoapproxnas.problems.cnn.finish:CnnFinisher"}
"""Likewise of what finishes members of its fronts, for problems where there is something to do."""


_ON_HARDWARE = "evoapproxnas.problems.cosearch:OnHardware"


def asks_for_hardware(config: RunConfig) -> bool:
    """Whether a run needs the figures of accelerators."""
    asked = {*config.search.objectives, *config.search.limits}
    return config.hardware.search != "off" or bool(asked & set(config.hardware.figures))


def make_problem(config: RunConfig) -> Problem:
    """Make the problem that a configuration names.

    Args:
        config: of the run.

    Raises:
        UnknownNameError: for an unknown problem, or a figure that it does not have.
        EvoApproxNASError: if the configuration makes no such problem.
    """
    kind = problem_kind(config)
    if asks_for_hardware(config):
        problem = cast(Problem, imported(_ON_HARDWARE)(config, kind=kind))
    else:
        problem = kind(config)
    make_ranking(problem, config)
    return problem


def with_objectives(config: RunConfig) -> RunConfig:
    """Return a configuration whose objectives are those of its problem, unless it names some.

    Args:
        config: of a run that is going to be made.

    Raises:
        UnknownNameError: for an unknown problem.
    """
    if "objectives" in config.search.model_fields_set:
        return config
    usual = problem_kind(config).default_objectives
    search = config.search.model_copy(update={"objectives": usual})
    return config.model_copy(update={"search": search})


def problem_kind(config: RunConfig) -> ProblemKind:
    """Return the class of the problem that a configuration names, without making one.

    Args:
        config: of the run.

    Raises:
        UnknownNameError: for an unknown problem.
    """
    if config.problem not in PROBLEMS:
        raise unknown_name("problem", config.problem, PROBLEMS)
    return cast(ProblemKind, imported(PROBLEMS[config.problem]))


def make_finisher(config: RunConfig) -> Finisher:
    """Make what finishes members of a front.

    Args:
        config: of the run.

    Raises:
        ConfigError: if there is nothing to finish in this problem.
        EvoApproxNASError: if section `finish` cannot be used.
    """
    if config.problem not in FINISHERS:
        raise ConfigError(
            f"candidates of problem {config.problem!r} are not trained, so there is nothing to "
            f"finish; runs of these can be finished: {', '.join(FINISHERS)}"
        )
    return cast(FinisherKind, imported(FINISHERS[config.problem]))(config)
