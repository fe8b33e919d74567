"""Networks and the multipliers of their layers, as the campaign loop sees them."""

import hashlib
import json
from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from functools import cached_property
from pathlib import Path

import numpy as np

from evoapproxnas.cgp import Genotype, domains, from_ranks, to_ranks
from evoapproxnas.config import RunConfig
from evoapproxnas.errors import NetworkRejected
from evoapproxnas.executors import Result, Task
from evoapproxnas.files import remove_leftovers, write_atomically
from evoapproxnas.hardware.network_layers import network_workload
from evoapproxnas.multipliers import Multiplier, MultiplierChoice, load_library
from evoapproxnas.networks import Network
from evoapproxnas.objectives import get_objective
from evoapproxnas.objectives.system import multipliers_of
from evoapproxnas.problems.cnn.device import (
    check_has_latency,
    check_latency_table,
    table_digest,
)
from evoapproxnas.problems.cnn.experience import Experience, check_operators
from evoapproxnas.problems.cnn.population import draft_of, draw, make_space, vary
from evoapproxnas.problems.cnn.pricing import favourable, price
from evoapproxnas.problems.cnn.tasks import (
    MODEL,
    WEIGHTS,
    DataTask,
    EvaluationTask,
    Origin,
    TestTask,
    describe_data,
    evaluate,
    measure_test,
    numbered,
    prepare,
    recipe,
)
from evoapproxnas.problems.cnn.warm import warm_starts
from evoapproxnas.problems.layered import Demand
from evoapproxnas.problems.protocol import Lesson, Parent, Source, Step
from evoapproxnas.records import Candidate, Draft, Evaluation, Figure, Point, StepId, WarmStart
from evoapproxnas.resilience.quick import spread_choices
from evoapproxnas.store.weights import read_weights

_HALF_WRITTEN = ".partial.keras"
"""End of the name that earlier versions wrote models to."""
_TRIES = 20
"""Candidates that are made until the latency table has a time for one."""


class CnnProblem:
    """The problem of one configuration.

    Attributes:
        config: the configuration.
        space: decodes, draws and varies genotypes.
    """

    default_objectives = ("error", "energy_nj")
    code_genes = ()

    def __init__(self, config: RunConfig) -> None:
        """Build the search space.

        Raises:
            EvoApproxNASError: if the configuration makes none; see `population.make_space`.
        """
        self.config = config
        self.space = make_space(config)
        self._experience = Experience()
        check_operators(config.search)
        self._device = check_latency_table(self.space, config)

    @property
    def description(self) -> str:
        """Data set and number of circuits."""
        dataset, circuits = self.config.data.dataset, len(self.space.multipliers)
        parts = [dataset, f"{circuits} circuits to choose from", self._device]
        return ", ".join(part for part in parts if part)

    @property
    def prepare(self) -> Callable[[], None]:
        """Imports TensorFlow."""
        return prepare

    @property
    def handshake(self) -> Task:
        """Digests of images, labels and multipliers, and of the latency table."""
        return Task.of(describe_data, DataTask(self.config, table_digest(self.config)))

    @property
    def test_figures(self) -> tuple[str, ...]:
        """Accuracies of the approximated network and its baselines."""
        return "accuracy", "float_accuracy", "exact8_accuracy"

    def figure(self, name: str) -> Figure:
        """Look an objective up; see `objectives`."""
        return get_objective(name, self.config)

    def draw(self, rng: np.random.Generator) -> Draft:
        """Draw a genotype whose network is within the limits of the space.

        Raises:
            NetworkRejected: if the latency table has no time for any that is drawn.
        """
        return self._with_latency(lambda: draw(self.space, rng))

    def warm_starts(self) -> Sequence[WarmStart]:
        """Networks of the zoo, members of earlier fronts and genotypes in files."""
        return warm_starts(self.space, self.config)

    def vary(self, parents: tuple[Parent, Parent], rng: np.random.Generator) -> Draft:
        """Cross over at the configured rate, then mutate until the network is another one.

        Raises:
            NetworkRejected: if the latency table has no time for any such network.
        """
        search, known = self.config.search, self._experience
        return self._with_latency(lambda: vary(self.space, search, parents, rng, experience=known))

    def domains(self) -> tuple[int, ...]:
        """Values of the genes of a genotype, by rank; see `cgp.ranks`."""
        return domains(self.space.grid)

    def draft(self, values: Sequence[int]) -> Draft:
        """Make a genotype of values.

        Raises:
            NetworkRejected: if its network is not within the limits of the space, or the latency
                table has no time for it.
            ConfigError: for another number of values, or one beyond its domain.
        """
        found = draft_of(self.space, from_ranks(self.space.grid, values), parents_used=0)
        return self._with_latency(lambda: found, tries=1)

    def _with_latency(self, make: Callable[[], Draft], *, tries: int = _TRIES) -> Draft:
        """Make candidates until the latency table of the run, if it has one, can price one."""
        if not self._device:
            return make()
        while True:
            made, tries = make(), tries - 1
            try:
                check_has_latency(_network(made.at()), self.config)
                return made
            except NetworkRejected:
                if not tries:
                    raise

    def values(self, candidate: Candidate) -> tuple[int, ...]:
        """Ranks of the genes."""
        return to_ranks(Genotype.from_list(self.space.grid, candidate.genes))

    def learned(self, lessons: Sequence[Lesson]) -> "CnnProblem":
        """Adapt the rates of operators and the values that they use, as configured."""
        known = copy(self)
        known._experience = self._experience.after(lessons, self.space, self.config)
        return known

    def price(self, candidate: Candidate) -> Mapping[str, float]:
        """Energy, size and whatever else needs no training."""
        return price(_network(candidate), load_library(), self.config)

    def bound(self, candidate: Candidate) -> Mapping[str, float]:
        """Figures with the most favourable of all assignments, and without any error."""
        network, library = self._favourable(_network(candidate))
        return {**price(network, library, self.config), "error": 0.0}

    def _favourable(self, network: Network) -> tuple[Network, Mapping[str, Multiplier]]:
        library = load_library()
        if not self.config.assignment.enabled:
            return network, library
        exact = self.config.quantization.exact_multiplier
        return favourable(network, library, self._all_choices, exact=exact)

    @cached_property
    def _all_choices(self) -> tuple[MultiplierChoice, ...]:
        """What a layer may come to have: genes name more than the fast level chooses from."""
        library = load_library()
        named = (MultiplierChoice.of(text, library=library) for text in self.space.multipliers)
        return (*self._choices, *named)

    @cached_property
    def _choices(self) -> tuple[MultiplierChoice, ...]:
        """What a layer chooses from in the fast level, where there is one."""
        options = self.config.assignment
        if not options.enabled:
            return ()
        return spread_choices(
            self.config.space.multipliers,
            circuits=options.circuits,
            bits=options.bits,
            quantization=self.config.quantization.value,
        )

    def identity(self, candidate: Candidate, step: Step) -> str:
        """Digest of architecture, recipe, passes, how weights are inherited, and from what."""
        source = step.source
        inherits = source is not None and source.candidate.id != candidate.id
        options = self.config.inheritance.model_dump(mode="json", exclude={"rate"})
        kept = options if inherits else None
        parts = [
            *(candidate.architecture_key, recipe(self.config), self._passes(step), kept),
            "" if source is None else source.identity,
            *([] if step.rate == 1 else [step.rate]),
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]

    def work_key(self, candidate: Candidate) -> str:
        """See `Problem`; `cosearch` adds what hardware does."""
        return candidate.key

    def on_hardware(self, candidate: Candidate, evaluation: Evaluation) -> Evaluation:
        """Likewise."""
        return evaluation

    def demand(self, candidate: Candidate, assignment: Mapping[str, str]) -> Demand:
        """Return layers and multipliers of the network.

        Args:
            candidate: whose network it is.
            assignment: multiplier by layer.
        """
        network = _network(candidate).with_assignment(assignment)
        return _demand(network, load_library())

    def least_demand(self, candidate: Candidate) -> Demand:
        """Return the same with the most favourable of all assignments.

        Args:
            candidate: whose network it is.
        """
        return _demand(*self._favourable(_network(candidate)))

    def task(self, candidate: Candidate, *, step: Step, seed: int, folder: Path) -> Task:
        """Train, find assignments, and measure on the validation split."""
        source = step.source
        work = EvaluationTask(
            name=str(step.id),
            network=json.loads(candidate.network),
            config=self.config,
            seed=seed,
            passes=self._passes(step),
            rate=step.rate,
            source=None if source is None else _origin(source),
            choices=tuple(choice.name for choice in self._choices),
        )
        blobs = {} if source is None else {WEIGHTS: read_weights(folder, source.step)}
        return Task.of(evaluate, work, blobs)

    def _passes(self, step: Step) -> int:
        return self.config.training.epochs if step.passes is None else round(step.passes)

    def test_task(
        self, candidate: Candidate, points: Sequence[Point], *, weights: StepId, folder: Path
    ) -> Task:
        """Measure on the test set, and make the models."""
        network = json.loads(candidate.network)
        assignments = tuple(dict(point.assignment) for point in points)
        work = TestTask(network, assignments, self.config, str(weights))
        return Task.of(measure_test, work, {WEIGHTS: read_weights(folder, weights)})

    def receive(self, name: str, result: Result, *, folder: Path) -> Evaluation:
        """Keep weights and models."""
        for blob, content in result.blobs.items():
            write_atomically(folder / f"{name}.{blob}", content)
        return result.read(Evaluation)

    def receive_test(
        self, names: Sequence[Sequence[str]], result: Result, *, folder: Path
    ) -> Sequence[Mapping[str, float]]:
        """Keep the models."""
        for number, same in enumerate(names):
            for name in same:
                write_atomically(folder / f"{name}.{MODEL}", result.blobs[numbered(MODEL, number)])
        return [point.metrics for point in result.read(Evaluation).points]

    def prune(self, folder: Path, keep: Collection[str]) -> None:
        """Remove the files of what is not to be kept, and half-written ones."""
        remove_leftovers(folder)
        for file in (*folder.glob("*.keras"), *folder.glob("*.npz")):
            name = file.name.partition(".")[0]
            half_written = file.name.endswith(_HALF_WRITTEN)
            if half_written or (name and name not in keep):
                file.unlink(missing_ok=True)


def _origin(source: Source) -> Origin:
    return Origin(
        network=json.loads(source.candidate.network),
        name=str(source.step),
        passes=round(source.passes),
        assignments=tuple(dict(point.assignment) for point in source.points),
    )


def _demand(network: Network, library: Mapping[str, Multiplier]) -> Demand:
    return Demand(network_workload(network), multipliers_of(network, library))


def _network(candidate: Candidate) -> Network:
    return Network.from_dict(json.loads(candidate.network))
