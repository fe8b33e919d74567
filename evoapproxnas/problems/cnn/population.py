"""Genotypes of a generation, decoded: the initial ones drawn, later ones varied from parents.

Every candidate draws from its own generator, so the population of a generation depends only on
the run's seed and on the survivors of the generation before.
"""

import json
from collections.abc import Collection, Sequence
from functools import cache

import numpy as np

from evoapproxnas import seeds
from evoapproxnas.cgp import Genotype
from evoapproxnas.config import DataConfig, RunConfig
from evoapproxnas.errors import ConfigError
from evoapproxnas.multipliers import load_library, use_library
from evoapproxnas.networks import SearchSpace
from evoapproxnas.records import Candidate, CandidateId
from evoapproxnas.training import load_dataset

_VARIATION_TRIES = 20


def make_space(config: RunConfig) -> SearchSpace:
    """Build the search space of a run, for its data set and the multipliers it selects.

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
    names = library.match(config.space.multipliers)
    unsigned = [name for name in names if not library.entry(name).signed]
    if config.quantization.weight_scheme == "symmetric" and unsigned:
        raise ConfigError(
            "weight scheme 'symmetric' needs signed multipliers, but space.multipliers selects "
            f"{unsigned[0]!r}; choose signed ones, such as 'mul8s_*', or another scheme"
        )
    input_shape, classes = _image_task(config.data)
    return SearchSpace.from_config(
        config.grid,
        config.space,
        input_shape=input_shape,
        classes=classes,
        multipliers=names,
        head_multiplier=config.quantization.exact_multiplier,
    )


@cache
def _image_task(data: DataConfig) -> tuple[tuple[int, int, int], int]:
    """Shape of the images and number of classes."""
    dataset = load_dataset(data)
    return dataset.input_shape, dataset.classes


def initial_candidates(
    space: SearchSpace, seed: int, generation: int, size: int
) -> list[Candidate]:
    """Draw a generation that has no parents: the first, or one after which all failed."""
    places = [CandidateId(generation, index) for index in range(size)]
    rngs = [seeds.generator(seed, generation, p.index, "initial genotype") for p in places]
    return [_candidate(space, p, space.random(rng)) for p, rng in zip(places, rngs, strict=True)]


def offspring_candidates(
    space: SearchSpace,
    config: RunConfig,
    generation: int,
    pairs: Sequence[tuple[Candidate, Candidate]],
    seen: Collection[str],
) -> list[Candidate]:
    """Vary parents into the candidates of a later generation, new to the run where possible.

    Args:
        space: decodes and varies genotypes.
        config: rates and the seed.
        generation: number of the generation to make, from 1.
        pairs: the parents of each candidate; without crossover only the first counts.
        seen: keys of all networks proposed before.
    """
    offspring: list[Candidate] = []
    for index, pair in enumerate(pairs):
        place = CandidateId(generation, index)
        taken = {*seen, *(sibling.key for sibling in offspring)}
        offspring.append(_vary_until_new(space, config, place, pair, taken))
    return offspring


def _vary_until_new(
    space: SearchSpace,
    config: RunConfig,
    place: CandidateId,
    pair: Sequence[Candidate],
    taken: Collection[str],
) -> Candidate:
    """Vary until the network is new; in a small space give up and return a known one."""
    rng = seeds.generator(config.seed, place.generation, place.index, "variation")
    for _ in range(_VARIATION_TRIES):
        child = _vary(space, config, place, pair, rng)
        if child.key not in taken:
            break
    return child


def _vary(
    space: SearchSpace,
    config: RunConfig,
    place: CandidateId,
    pair: Sequence[Candidate],
    rng: np.random.Generator,
) -> Candidate:
    first, second = (Genotype.from_list(space.grid, parent.genes) for parent in pair)
    if rng.random() < config.search.crossover_rate:
        child = space.crossover(first, second, rng)
        used = [parent.id for parent in pair]
    else:
        child, used = first, [pair[0].id]
    child = space.mutate(child, rng, rate=config.search.mutation_rate)
    return _candidate(space, place, child, tuple(used))


def _candidate(
    space: SearchSpace,
    place: CandidateId,
    genotype: Genotype,
    parents: tuple[CandidateId, ...] = (),
) -> Candidate:
    network = space.decode(genotype)
    text = json.dumps(network.to_dict(), separators=(",", ":"))
    return Candidate(place, tuple(genotype.to_list()), network.key, text, parents)
