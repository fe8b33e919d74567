"""The search space of a run; its genotypes, decoded: drawn at random, or varied from parents."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from evoapproxnas import seeds
from evoapproxnas.cgp import Genotype
from evoapproxnas.config import DataConfig, RunConfig, SearchConfig
from evoapproxnas.errors import ConfigError, MultiplierError, UnknownNameError
from evoapproxnas.multipliers import (
    Library,
    MultiplierChoice,
    load_library,
    match_choices,
    multiplier_name,
    use_library,
)
from evoapproxnas.networks import Network, SearchSpace, operators
from evoapproxnas.networks.ops import Shape
from evoapproxnas.problems.cnn.experience import Experience
from evoapproxnas.problems.protocol import Parent
from evoapproxnas.records import Candidate, CandidateId, Draft
from evoapproxnas.training import load_dataset


def make_space(config: RunConfig, network: Network | None = None) -> SearchSpace:
    """Build the search space of a run, for its data set and the multipliers it selects.

    Args:
        config: of the run.
        network: of the run, which tells images and classes where the data set is not; None: the
            data set is read.

    Raises:
        DatasetError: if the data set is missing or unreadable.
        UnknownNameError: for an unknown data set, multiplier (or pattern) or node kind.
        ConfigError: for values that make no search space, or multipliers that the weight scheme
            cannot use.
        MultiplierError: if the folder of the run's own library holds none.
    """
    if config.space.library is not None:
        use_library(config.space.library)
    library = load_library()
    choices = match_choices(config.space.multipliers, library)
    _check_widths(choices, library)
    unsigned = [text for text in choices if not library.entry(multiplier_name(text)).signed]
    if config.quantization.weight_scheme == "symmetric" and unsigned:
        raise ConfigError(
            "weight scheme 'symmetric' needs signed multipliers, but space.multipliers selects "
            f"{unsigned[0]!r}; choose signed ones, such as 'mul8s_*', or another scheme"
        )
    task = network or _image_task(config.data)
    return SearchSpace.from_config(
        config.grid,
        config.space,
        input_shape=task.input_shape,
        classes=task.classes,
        multipliers=choices,
        head_multiplier=config.quantization.exact_multiplier,
    )


def _check_widths(choices: Iterable[str], library: Library) -> None:
    """Refuse operand widths before a run is made, in which every candidate would meet them."""
    for text in choices:
        if "@" in text:
            try:
                MultiplierChoice.of(text, library=library)
            except (MultiplierError, UnknownNameError) as error:
                raise ConfigError(
                    f"space.multipliers: cannot use {text!r}: {error}; widths look like @a6w4"
                ) from error


@dataclass(frozen=True)
class _ImageTask:
    input_shape: Shape
    classes: int


@cache
def _image_task(data: DataConfig) -> _ImageTask:
    dataset = load_dataset(data)
    return _ImageTask(dataset.input_shape, dataset.classes)


def draw(space: SearchSpace, rng: np.random.Generator) -> Draft:
    """Draw a genotype at random.

    Raises:
        ConfigError: if the limits leave almost nothing.
    """
    return draft_of(space, space.random(rng), parents_used=0)


def initial_candidates(
    space: SearchSpace, seed: int, generation: int, size: int
) -> list[Candidate]:
    """Draw what a campaign of this seed draws for a generation without parents."""
    places = [CandidateId(generation, index) for index in range(size)]
    rngs = [seeds.generator(seed, generation, p.index, "initial genotype") for p in places]
    drafts = [draw(space, rng) for rng in rngs]
    return [
        Candidate(p, d.genes, d.key, d.network, architecture_key=d.architecture_key)
        for p, d in zip(places, drafts, strict=True)
    ]


def vary(
    space: SearchSpace,
    search: SearchConfig,
    parents: Sequence[Parent],
    rng: np.random.Generator,
    *,
    experience: Experience | None = None,
) -> Draft:
    """Cross two parents over at the configured rate, then mutate the child, or the first parent.

    Raises:
        ConfigError: if no valid network but the parents' was found.
    """
    first, second = (_genotype(space, parent) for parent in parents)
    if search.operators:
        known = Experience() if experience is None else experience
        energies = energies_pj(space.multipliers)
        scope = operators.Scope(space, allowed=known.allowed, energy_pj=energies)
        varied = operators.vary(scope, (first, second), rng, known.weights(search))
        used = operators.OPERATORS[varied.operator].parents
        draft = draft_of(space, varied.genotype, parents_used=used)
        return replace(draft, operator=varied.operator)
    crossed = rng.random() < search.crossover_rate
    child = space.crossover(first, second, rng) if crossed else first
    child = space.mutate(child, rng, rate=search.mutation_rate)
    return draft_of(space, child, parents_used=2 if crossed else 1)


@cache
def energies_pj(multipliers: tuple[str, ...]) -> dict[str, float]:
    """Energy of a multiplication by name of a choice, of those whose power is known."""
    library = load_library()
    energies = {
        text: MultiplierChoice.of(text, library=library).multiplier.energy_pj
        for text in multipliers
    }
    return {text: energy for text, energy in energies.items() if energy is not None}


def _genotype(space: SearchSpace, parent: Parent) -> Genotype:
    """Genes of a parent, with the multipliers that the search chose for it."""
    genotype = Genotype.from_list(space.grid, parent.candidate.genes)
    return space.with_multipliers(genotype, parent.assignment) if parent.assignment else genotype


def draft_of(space: SearchSpace, genotype: Genotype, *, parents_used: int) -> Draft:
    """Make a candidate of a genotype.

    Raises:
        NetworkRejected: if its network is not within the limits.
    """
    network = space.decode(genotype)
    text = json.dumps(network.to_dict(), separators=(",", ":"))
    genes = tuple(genotype.to_list())
    return Draft(genes, network.key, text, network.architecture_key, parents_used)
