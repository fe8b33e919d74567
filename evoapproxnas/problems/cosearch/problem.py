"""A problem around another one: candidates, and the accelerators that they run on."""

from collections.abc import Callable, Collection, Mapping, Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path

import numpy as np

from evoapproxnas.config import RunConfig
from evoapproxnas.errors import ConfigError, NetworkRejected
from evoapproxnas.executors import Result, Task
from evoapproxnas.hardware.accelerators import accelerator_digest
from evoapproxnas.objectives.system import system_figure
from evoapproxnas.problems.cosearch.genes import crossed, draw_genes, mutated
from evoapproxnas.problems.cosearch.grid import GENES, Genes, make_grid
from evoapproxnas.problems.cosearch.pricing import Figures, Pricing
from evoapproxnas.problems.cosearch.sizes import check_sizes
from evoapproxnas.problems.cosearch.tasks import Handshake, describe
from evoapproxnas.problems.layered import LayeredProblem
from evoapproxnas.problems.protocol import Lesson, Parent, Problem, ProblemKind, Step
from evoapproxnas.problems.ranking import make_ranking
from evoapproxnas.records import (
    Candidate,
    Draft,
    Evaluation,
    Figure,
    Point,
    StepId,
    WarmStart,
)

ONLY_HARDWARE = "hardware"
"""Operator of a child that differs from its parent in its accelerator alone."""

_ON = " on "
"""Between the key of a network and the name of its accelerator."""
_TRIES = 20
"""Hardware genes that are drawn until some are within the limits."""
_BEGUN_WITH = 64
"""Accelerators among which the best is chosen for a candidate that is there already."""


class OnHardware:
    """The problem of one configuration; see the package."""

    def __init__(self, config: RunConfig, *, kind: ProblemKind) -> None:
        """Make the problem itself, and the grid.

        Args:
            config: of the run.
            kind: of the problem itself.

        Raises:
            ConfigError: if its candidates have no layers, or lists hold what is impossible.
            EvoApproxNASError: what else stands against the problem or the accelerators.
        """
        if config.quantization.control_variate:
            raise ConfigError(
                "quantization.control_variate: accelerators have no sums of windows to correct "
                f"by; leave it out, or the figures {', '.join(config.hardware.figures)}"
            )
        problem = kind(config.without_hardware())
        if not isinstance(problem, LayeredProblem):
            raise ConfigError(
                f"hardware.search, and the figures {', '.join(config.hardware.figures)}, are "
                f"about the layers of networks; problem {config.problem!r} has none"
            )
        self._problem: LayeredProblem = problem
        self._figures = config.hardware.figures
        self.default_objectives = kind.default_objectives
        hardware, search = config.hardware, config.search
        asked = {*search.objectives, *search.limits}
        if hardware.search == "inner":
            asked.add(hardware.inner_objective)
        names = tuple(name for name in self._figures if name in asked)
        ranking = make_ranking(self, config)
        self._pricing = Pricing(make_grid(hardware), hardware, names, ranking)
        self._grid = self._pricing.grid
        check_sizes(problem, self._pricing, seed=config.seed)

    @property
    def description(self) -> str:
        """What is searched, and on how many accelerators."""
        size = self._grid.size
        where = self._grid.name(self._grid.at(0)) if size == 1 else f"{size:,} accelerators"
        return f"{self._problem.description}; on {where}"

    @property
    def prepare(self) -> Callable[[], None] | None:
        """See `Problem`."""
        return self._problem.prepare

    @property
    def handshake(self) -> Task:
        """What the problem itself compares, and the descriptions of accelerators."""
        digests = {
            f"accelerator {name}": accelerator_digest(found)
            for name, found in self._grid.descriptions.items()
        }
        return Task.of(describe, Handshake(self._problem.handshake, digests))

    @property
    def test_figures(self) -> tuple[str, ...]:
        """See `Problem`."""
        return self._problem.test_figures

    def figure(self, name: str) -> Figure:
        """Figures of accelerators, and those of the problem itself."""
        return system_figure(name) if name in self._figures else self._problem.figure(name)

    def draw(self, rng: np.random.Generator) -> Draft:
        """Draw a network, then an accelerator for it.

        Raises:
            NetworkRejected: if no accelerator can hold it.
        """
        draft = self._problem.draw(rng)
        return self._joined(draft, lambda: draw_genes(self._grid.domains, rng))

    def warm_starts(self) -> Sequence[WarmStart]:
        """Those of the problem itself, on the best of some accelerators.

        Raises:
            ConfigError: for one that none can hold.
        """
        starts = self._problem.warm_starts()
        return [replace(start, draft=self._begun(start)) for start in starts]

    def _begun(self, start: WarmStart) -> Draft:
        candidate = start.draft.at()
        rows = self._pricing.on(
            self._problem.demand(candidate, {}), self._grid.spread(_BEGUN_WITH)
        )
        if not rows:
            raise ConfigError(
                f"search.init: {start.origin} has a layer that no accelerator of section hardware "
                "can hold; enlarge their buffers, or begin with something else"
            )
        if not self._pricing.has_genes:
            return start.draft
        first, *_ = self._pricing.names
        best = min(rows, key=lambda g: (self._pricing.ranking.violation(rows[g]), rows[g][first]))
        return self._with_genes(start.draft, best)

    def vary(self, parents: tuple[Parent, Parent], rng: np.random.Generator) -> Draft:
        """Vary a network and its accelerator, or the accelerator alone.

        Raises:
            NetworkRejected: if no accelerator can hold the child.
            ConfigError: if no other candidate can be made.
        """
        inner = self._own_parent(parents[0]), self._own_parent(parents[1])
        if not self._pricing.has_genes:
            return self._joined(self._problem.vary(inner, rng), lambda: ())
        options = self._pricing.config
        first, second = (self._hardware_of(parent) for parent in parents)
        if not self._pricing.whole and rng.random() < options.only:
            return self._on_other_hardware(inner[0].candidate, first, rng)
        draft = self._problem.vary(inner, rng)
        two = rng.random() < options.crossover_rate

        def genes() -> Genes:
            begun = crossed(first, second, rng) if two else first
            return mutated(begun, self._grid.domains, rng, rate=options.mutation_rate)

        child = self._joined(draft, genes)
        return replace(child, parents_used=2) if two else child

    def _on_other_hardware(
        self, candidate: Candidate, genes: Genes, rng: np.random.Generator
    ) -> Draft:
        draft = Draft(
            *(candidate.genes, candidate.key, candidate.network, candidate.architecture_key),
            parents_used=1,
            operator=ONLY_HARDWARE,
        )
        rate, domains = self._pricing.config.mutation_rate, self._grid.domains
        return self._joined(draft, lambda: mutated(genes, domains, rng, rate=rate, surely=True))

    def domains(self) -> tuple[int, ...]:
        """Those of the problem itself, then those of hardware."""
        own = self._grid.domains if self._pricing.has_genes else ()
        return (*self._problem.domains(), *own)

    def draft(self, values: Sequence[int]) -> Draft:
        """Make a candidate of a value for each gene.

        Raises:
            CandidateError: if they make none, or its accelerator cannot hold it.
            ConfigError: for another number of values, or one beyond its domain.
        """
        if not self._pricing.has_genes:
            return self._joined(self._problem.draft(values), lambda: ())
        own, genes = values[:-GENES], tuple(int(value) for value in values[-GENES:])
        sizes = self._grid.domains
        if len(genes) != GENES or not all(0 <= g < n for g, n in zip(genes, sizes, strict=True)):
            raise ConfigError(
                f"expected values of {GENES} hardware genes below {sizes} at the end, got "
                f"{genes!r:.200}"
            )
        return self._joined(self._problem.draft(own), lambda: genes, tries=1)

    def values(self, candidate: Candidate) -> tuple[int, ...]:
        """Hardware genes are values."""
        return (*self._problem.values(self._own(candidate)), *self._hardware_genes(candidate))

    def learned(self, lessons: Sequence[Lesson]) -> Problem:
        """What the problem itself learns; hardware genes are varied as before."""
        own = [
            replace(lesson, candidate=self._own(lesson.candidate))
            for lesson in lessons
            if lesson.candidate.operator != ONLY_HARDWARE
        ]
        known, learned = copy(self), self._problem.learned(own)
        if isinstance(learned, LayeredProblem):
            known._problem = learned
        return known

    def price(self, candidate: Candidate) -> Mapping[str, float]:
        """Cheap figures, on the accelerator of the genes, or the best one."""
        own = self._own(candidate)
        rows = self._rows(candidate)
        found = self._hardware_genes(candidate)
        if not found:
            inner = self._pricing.config.search == "inner"
            found = self._pricing.best(rows) if inner else next(iter(rows))
        return {**rows[found], **self._problem.price(own)}

    def _rows(self, candidate: Candidate) -> Mapping[Genes, Figures]:
        """Figures with the multipliers of the genes, by accelerator."""
        demand = self._problem.demand(self._own(candidate), {})
        genes = self._hardware_genes(candidate)
        return self._pricing.on(demand, [genes] if genes else self._grid.all())

    def bound(self, candidate: Candidate) -> Mapping[str, float]:
        """The best that each figure can come to on an accelerator of the candidate."""
        own = self._own(candidate)
        best = self._problem.bound(own)
        rows = self._pricing.on(self._problem.least_demand(own), self._accelerators(candidate))
        return self._pricing.bound({g: {**figures, **best} for g, figures in rows.items()})

    def identity(self, candidate: Candidate, step: Step) -> str:
        """That of the problem itself: hardware decides no training."""
        return self._problem.identity(self._own(candidate), self._own_step(step))

    def work_key(self, candidate: Candidate) -> str:
        """Key of the network."""
        return self._own(candidate).key

    def on_hardware(self, candidate: Candidate, evaluation: Evaluation) -> Evaluation:
        """Put every assignment that was measured on the accelerators that count."""
        own, accelerators = self._own(candidate), self._accelerators(candidate)
        found = [
            on_accelerator
            for point in _measured(evaluation, self._figures)
            for on_accelerator in self._pricing.points(
                point, self._problem.demand(own, point.assignment), accelerators
            )
        ]
        first, *others = self._pricing.front(found) if self._pricing.has_genes else found
        return replace(
            evaluation,
            metrics=first.metrics,
            assignment=first.assignment,
            accelerator=first.accelerator,
            others=tuple(others),
        )

    def task(self, candidate: Candidate, *, step: Step, seed: int, folder: Path) -> Task:
        """See `Problem`; workers know of no hardware."""
        own, step = self._own(candidate), self._own_step(step)
        return self._problem.task(own, step=step, seed=seed, folder=folder)

    def test_task(
        self, candidate: Candidate, points: Sequence[Point], *, weights: StepId, folder: Path
    ) -> Task:
        """See `Problem`."""
        own = self._own(candidate)
        return self._problem.test_task(own, points, weights=weights, folder=folder)

    def receive(self, name: str, result: Result, *, folder: Path) -> Evaluation:
        """See `Problem`."""
        return self._problem.receive(name, result, folder=folder)

    def receive_test(
        self, names: Sequence[Sequence[str]], result: Result, *, folder: Path
    ) -> Sequence[Mapping[str, float]]:
        """See `Problem`."""
        return self._problem.receive_test(names, result, folder=folder)

    def prune(self, folder: Path, keep: Collection[str]) -> None:
        """See `Problem`."""
        self._problem.prune(folder, keep)

    def _own(self, candidate: Candidate) -> Candidate:
        """The candidate as the problem itself knows it: without hardware."""
        if not self._pricing.has_genes:
            return candidate
        key, _, _ = candidate.key.partition(_ON)
        return replace(candidate, genes=candidate.genes[:-GENES], key=key)

    def _own_parent(self, parent: Parent) -> Parent:
        return replace(parent, candidate=self._own(parent.candidate))

    def _own_step(self, step: Step) -> Step:
        if step.source is None:
            return step
        own = self._own(step.source.candidate)
        return replace(step, source=replace(step.source, candidate=own))

    def _hardware_genes(self, candidate: Candidate) -> Genes:
        return candidate.genes[-GENES:] if self._pricing.has_genes else ()

    def _hardware_of(self, parent: Parent) -> Genes:
        """Genes of the accelerator that a parent was chosen with."""
        chosen = self._grid.genes(parent.accelerator) if parent.accelerator else None
        return self._hardware_genes(parent.candidate) if chosen is None else chosen

    def _accelerators(self, candidate: Candidate) -> Sequence[Genes]:
        """Those that a training of a candidate is priced on."""
        return self._pricing.accelerators(self._hardware_genes(candidate))

    def _joined(self, draft: Draft, genes: Callable[[], Genes], *, tries: int = _TRIES) -> Draft:
        """Give a network an accelerator that can hold it, within the limits if one is drawn.

        Raises:
            NetworkRejected: if none can hold it.
        """
        candidate = draft.at()
        demand, best = self._problem.least_demand(candidate), self._problem.bound(candidate)
        if not self._pricing.has_genes:
            if any(self._pricing.on(demand, [each]) for each in self._grid.all()):
                return draft
            raise _does_not_fit()
        found: list[tuple[float, Genes]] = []
        for _ in range(tries):
            chosen = genes()
            for figures in self._pricing.on(demand, [chosen]).values():
                violation = self._pricing.ranking.violation({**figures, **best})
                found.append((violation, chosen))
            if found and not found[-1][0]:
                break
        if not found:
            raise _does_not_fit()
        return self._with_genes(draft, min(found)[1])

    def _with_genes(self, draft: Draft, genes: Genes) -> Draft:
        key = draft.key if self._pricing.whole else f"{draft.key}{_ON}{self._grid.name(genes)}"
        return replace(draft, genes=(*draft.genes, *genes), key=key)


def _measured(evaluation: Evaluation, figures: Collection[str]) -> list[Point]:
    """What was measured, each assignment once, without what depends on accelerators."""
    found: list[Point] = []
    for point in evaluation.points:
        own = {name: v for name, v in point.metrics.items() if name not in figures}
        if (plain := Point(own, point.assignment)) not in found:
            found.append(plain)
    return found


def _does_not_fit() -> NetworkRejected:
    return NetworkRejected(
        "no accelerator that was drawn can hold all layers; enlarge hardware.buffer_kb, or make "
        "arrays smaller"
    )
