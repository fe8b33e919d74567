"""Networks and the multipliers of their layers, as the campaign loop sees them."""

import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import numpy as np

from evoapproxnas.config import RunConfig
from evoapproxnas.files import remove_leftovers
from evoapproxnas.multipliers import load_library
from evoapproxnas.networks import Network
from evoapproxnas.objectives import get_objective
from evoapproxnas.problems.cnn.population import draw, make_space, vary
from evoapproxnas.problems.cnn.pricing import price
from evoapproxnas.problems.cnn.tasks import (
    EvaluationTask,
    TestTask,
    evaluate,
    measure_test,
    prepare,
)
from evoapproxnas.problems.protocol import Draft, Worker
from evoapproxnas.records import Candidate, Figure

_HALF_WRITTEN = ".partial.keras"
"""End of the name that earlier versions wrote models to."""


class CnnProblem:
    """The problem of one configuration.

    Attributes:
        config: the configuration.
        space: decodes, draws and varies genotypes.
    """

    default_objectives = ("error", "energy_nj")

    def __init__(self, config: RunConfig) -> None:
        """Build the search space.

        Raises:
            EvoApproxNASError: if the configuration makes none; see `population.make_space`.
        """
        self.config = config
        self.space = make_space(config)

    @property
    def description(self) -> str:
        """Data set and number of circuits."""
        dataset, circuits = self.config.data.dataset, len(self.space.multipliers)
        return f"{dataset}, {circuits} circuits to choose from"

    @property
    def prepare(self) -> Callable[[], None]:
        """Imports TensorFlow."""
        return prepare

    @property
    def evaluate(self) -> Worker:
        """Trains, approximates and measures on the validation split."""
        return evaluate

    @property
    def measure_test(self) -> Worker:
        """Measures the saved models on the test set."""
        return measure_test

    @property
    def test_figures(self) -> tuple[str, ...]:
        """Accuracies of the approximated network and its baselines."""
        return "accuracy", "float_accuracy", "exact8_accuracy"

    def figure(self, name: str) -> Figure:
        """Look an objective up; see `objectives`."""
        return get_objective(name, self.config)

    def draw(self, rng: np.random.Generator) -> Draft:
        """Draw a genotype whose network is within the limits of the space."""
        return draw(self.space, rng)

    def vary(self, parents: tuple[Candidate, Candidate], rng: np.random.Generator) -> Draft:
        """Cross over at the configured rate, then mutate until the network is another one."""
        return vary(self.space, self.config.search, parents, rng)

    def price(self, candidate: Candidate) -> Mapping[str, float]:
        """Energy, size and whatever else needs no training."""
        return price(_network(candidate), load_library(), self.config)

    def task(self, candidate: Candidate, *, seed: int, folder: Path) -> EvaluationTask:
        """See `Problem`."""
        network = json.loads(candidate.network)
        return EvaluationTask(str(candidate.id), network, self.config, seed, folder)

    def test_task(self, candidate: Candidate, *, folder: Path) -> TestTask:
        """See `Problem`."""
        return TestTask(str(candidate.id), json.loads(candidate.network), self.config, folder)

    def prune(self, folder: Path, keep: Collection[str]) -> None:
        """Remove the models of candidates that are not to be kept, and half-written ones."""
        remove_leftovers(folder)
        for file in folder.glob("*.keras"):
            name = file.name.partition(".")[0]
            half_written = file.name.endswith(_HALF_WRITTEN)
            if half_written or (name and name not in keep):
                file.unlink(missing_ok=True)


def _network(candidate: Candidate) -> Network:
    return Network.from_dict(json.loads(candidate.network))
