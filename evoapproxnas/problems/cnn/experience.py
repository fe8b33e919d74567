"""What a search has learned about operators and values; by default it is not used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from evoapproxnas.cgp import Genotype
from evoapproxnas.config import RunConfig, SearchConfig
from evoapproxnas.errors import ConfigError, unknown_name
from evoapproxnas.networks import SearchSpace
from evoapproxnas.networks.operators import OPERATORS, PARAMETERS, Allowed, Rates, shrunk
from evoapproxnas.problems.protocol import Lesson


@dataclass(frozen=True)
class Experience:
    """Follows from the lessons alone, so that a resumed run has the same.

    Attributes:
        rates: of the operators; None: those of the configuration.
        allowed: values that operators may use for new nodes and changes.
        outcomes: genes and rank of every candidate so far, where the space shrinks.
        shrunk_at: the generation after which it did last.
    """

    rates: Rates | None = None
    allowed: Allowed = field(default_factory=dict)
    outcomes: tuple[tuple[tuple[int, ...], float], ...] = ()
    shrunk_at: int = -1

    def weights(self, search: SearchConfig) -> Mapping[str, float]:
        """Relative frequency by operator."""
        return search.operators if self.rates is None else self.rates.probabilities

    def after(
        self, lessons: Sequence[Lesson], space: SearchSpace, config: RunConfig
    ) -> "Experience":
        """Return what is known once these are, too."""
        known = self
        if config.search.adapt_rates:
            known = known._with_rates(lessons, config.search)
        if config.search.shrink_every is not None:
            known = known._with_outcomes(lessons, space, config)
        return known

    def _with_rates(self, lessons: Sequence[Lesson], search: SearchConfig) -> "Experience":
        rates = self.rates or Rates(search.operators)
        rewards = [(lesson.candidate.operator, float(lesson.survived)) for lesson in lessons]
        return replace(self, rates=rates.after(rewards))

    def _with_outcomes(
        self, lessons: Sequence[Lesson], space: SearchSpace, config: RunConfig
    ) -> "Experience":
        seen = tuple((lesson.candidate.genes, float(lesson.rank)) for lesson in lessons)
        known = replace(self, outcomes=(*self.outcomes, *seen))
        latest = max((lesson.candidate.id.generation for lesson in lessons), default=-1)
        if latest - self.shrunk_at < (config.search.shrink_every or 1):
            return known
        # Where the fast level assigns multipliers, those of the genes say nothing.
        told = [n for n in PARAMETERS if n != "multiplier" or not config.assignment.enabled]
        outcomes = [(Genotype.from_list(space.grid, g), rank) for g, rank in known.outcomes]
        allowed = shrunk(space, outcomes, allowed=self.allowed, parameters=told)
        return replace(known, allowed=allowed, shrunk_at=latest)


def check_operators(search: SearchConfig) -> None:
    """Refuse operators that are none, and what needs operators where there are none.

    Raises:
        UnknownNameError: for an unknown operator.
        ConfigError: if rates or values are to be adapted that nothing uses, or rates cannot be.
    """
    for name in search.operators:
        if name not in OPERATORS:
            raise unknown_name("operator", name, OPERATORS)
    if search.operators and not any(search.operators.values()):
        raise ConfigError(
            f"search.operators: expected a frequency above 0, got {search.operators}; name some, "
            "or none at all ({}) to redraw genes at search.mutation_rate"
        )
    if search.operators:
        if search.adapt_rates:
            Rates(search.operators)
    elif search.adapt_rates or search.shrink_every is not None:
        key = "adapt_rates" if search.adapt_rates else "shrink_every"
        raise ConfigError(
            f"search.{key} is about operators, and search.operators names none; add some, as "
            f"preset cifar10 does, or leave search.{key} out"
        )
