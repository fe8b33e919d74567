"""The truth about the synthetic problem, which is a formula."""

import numpy as np

from evoapproxnas.bench.search.setting import Setting
from evoapproxnas.bench.search.truth import Truth, Vector
from evoapproxnas.config import RunConfig
from evoapproxnas.errors import ConfigError
from evoapproxnas.pareto import hypervolume
from evoapproxnas.problems import Problem, Step
from evoapproxnas.problems.synthetic import GENES, HIGHEST, error_of, true_front
from evoapproxnas.records import Candidate, Evaluation

_REFERENCE = np.array([1.0, float(GENES * HIGHEST)])


def synthetic_truth(problem: Problem, setting: Setting, config: RunConfig) -> Truth:
    """Return it.

    Raises:
        ConfigError: if noise is asked for, or another cost than the sum of the genes.
    """
    if setting.noisy or setting.fidelity != Setting.fidelity or setting.cost not in ("", "cost"):
        raise ConfigError(
            "problem synthetic has one error, without noise, and the cost 'cost'; leave out "
            "--noisy, --fidelity and --cost"
        )
    return Truth(
        problem=problem,
        objectives=("error", "cost"),
        reference=_REFERENCE,
        volume=hypervolume(np.array(true_front()), _REFERENCE),
        true=_true,
        again=None,
        evaluate=_evaluate,
    )


def _true(candidate: Candidate) -> Vector:
    return error_of(candidate.genes), float(sum(candidate.genes))


def _evaluate(candidate: Candidate, step: Step) -> Evaluation:
    error, cost = _true(candidate)
    return Evaluation({"error": error, "cost": cost})
