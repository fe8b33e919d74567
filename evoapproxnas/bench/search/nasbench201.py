"""The truth about NAS-Bench-201: mean test error after 200 epochs, of every network."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evoapproxnas import seeds
from evoapproxnas.bench.search.setting import Setting
from evoapproxnas.bench.search.truth import Truth, Vector
from evoapproxnas.config import SYSTEM_FIGURES, RunConfig
from evoapproxnas.errors import ConfigError
from evoapproxnas.hardware.hw_nas_bench.cells import index_of
from evoapproxnas.pareto import hypervolume
from evoapproxnas.problems import Step
from evoapproxnas.problems.tabular import FIDELITIES, Accuracies, NasBench201Problem
from evoapproxnas.problems.tabular.figures import cheap_figures
from evoapproxnas.records import Candidate, Evaluation, Training

WORST_ERRORS = {"cifar10": 0.2, "cifar100": 0.5, "ImageNet16-120": 0.8}
"""Of the hypervolume's reference: what about nine of ten networks beat."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Sight:
    """Errors after some epochs, and the same seen a second time; arrays are by network."""

    errors: Floats
    again: Floats
    seconds: Floats


def nasbench201_truth(problem: NasBench201Problem, setting: Setting, config: RunConfig) -> Truth:
    """Return it, as the search with the seed of a configuration sees it.

    Raises:
        ConfigError: if the cost is none that is known without training, or no network is of
            interest.
    """
    if set(config.search.objectives) & set(SYSTEM_FIGURES):
        raise ConfigError(
            f"{setting.cost} is a figure of an accelerator, of which the table has none; searches "
            "of accelerators are compared by bench cosearch"
        )
    accuracies, cost = problem.accuracies, config.search.objectives[1]
    cheap = cheap_figures(accuracies.table, setting.dataset)
    if cost not in cheap:
        raise ConfigError(f"the cost of a network is one of {', '.join(cheap)}; got {cost!r:.60}")
    errors, costs = accuracies.test_errors, cheap[cost].values
    reference = np.array([WORST_ERRORS[setting.dataset], costs.max()])
    volume = hypervolume(np.column_stack([errors, costs]), reference)
    if not volume:
        raise ConfigError(
            f"{accuracies.table.path} has no network with an error below {reference[0]:g}, which "
            f"is what a front for {setting.dataset} is measured from"
        )
    sights = {epochs: _sight(accuracies, epochs, setting, config.seed) for epochs in FIDELITIES}

    def evaluate(candidate: Candidate, step: Step) -> Evaluation:
        index = index_of(candidate.genes)
        sight = sights[_epochs(step, setting, config)]
        training = Training(step.passes or 0.0, "", seconds=float(sight.seconds[index]))
        figures = {"error": float(sight.errors[index]), cost: float(costs[index])}
        return Evaluation(figures, training=training)

    def true(candidate: Candidate) -> Vector:
        index = index_of(candidate.genes)
        return float(errors[index]), float(costs[index])

    last = config.rungs.passes[-1] if config.rungs.passes else setting.fidelity
    again = sights[last].again
    noisy = setting.noisy or last != FIDELITIES[-1]
    return Truth(
        problem=problem,
        objectives=("error", cost),
        reference=reference,
        volume=volume,
        true=true,
        again=(lambda candidate: float(again[index_of(candidate.genes)])) if noisy else None,
        evaluate=evaluate,
        typical_hours=float(sights[setting.fidelity].seconds.mean()) / 3600,
    )


def _epochs(step: Step, setting: Setting, config: RunConfig) -> int:
    """Of the training that a step looks up: each fidelity is a training of its own."""
    return config.rungs.passes[step.id.step] if config.rungs.passes else setting.fidelity


def _sight(accuracies: Accuracies, epochs: int, setting: Setting, seed: int) -> _Sight:
    """What a search sees.

    A second look is at the other trainings of a network. Where there is only one, after 12
    epochs, it is at the same training on the test images.
    """
    seconds = accuracies.train_seconds(epochs)
    if epochs != FIDELITIES[-1]:
        (errors,) = accuracies.validation_errors(epochs).T
        return _Sight(errors, accuracies.early_test_errors, seconds)
    if not setting.noisy:
        return _Sight(accuracies.test_errors, accuracies.test_errors, seconds)
    trainings = accuracies.validation_errors(epochs)
    rng = seeds.generator(seed, 0, 0, "which training is seen")
    there = np.isfinite(trainings)
    chosen = np.where(there, rng.random(trainings.shape), -1.0).argmax(axis=1)
    seen = trainings[np.arange(len(trainings)), chosen]
    others = (np.nansum(trainings, axis=1) - seen) / np.maximum(there.sum(axis=1) - 1, 1)
    return _Sight(seen, np.where(there.sum(axis=1) > 1, others, np.nan), seconds)
