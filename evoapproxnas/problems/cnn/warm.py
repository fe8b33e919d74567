"""Candidates to begin with: networks of the zoo, members of earlier fronts, genotypes in files."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evoapproxnas.cgp import Genotype
from evoapproxnas.config import RunConfig
from evoapproxnas.errors import ConfigError, NetworkRejected
from evoapproxnas.files import decode, read_json
from evoapproxnas.networks import SearchSpace, encode
from evoapproxnas.networks.zoo.designs import ZOO
from evoapproxnas.problems.cnn.population import draft_of
from evoapproxnas.records import Draft, WarmStart
from evoapproxnas.store import Run, load_run
from evoapproxnas.store.weights import read_weights

_RUN = "run:"
_OTHER_SPACE = (
    "search.init: {} is of another search space than this run: {}; use the same grid and space "
    "sections"
)


def warm_starts(space: SearchSpace, config: RunConfig) -> list[WarmStart]:
    """Make the candidates that `search.init` names, in its order.

    Names are those of the zoo, `run:PATH` for all members of the front of an earlier run, with
    their weights, or `run:PATH:ID` for one of them; anything else is a file that holds the JSON
    list of a genotype of this space.

    Raises:
        ConfigError: for one that this space does not hold, that is unknown, or whose weights are
            of another data set; or for more than the population takes.
        StoreError: for a run that cannot be read, or a member whose weights are gone.
    """
    found = [start for name in config.search.init for start in _starts(name, space, config)]
    if len(found) > config.search.population:
        raise ConfigError(
            f"search.init names {len(found)} candidates, but search.population is "
            f"{config.search.population}; name fewer, such as run:NAME:ID, or raise it"
        )
    return found


def _starts(name: str, space: SearchSpace, config: RunConfig) -> Sequence[WarmStart]:
    if name in ZOO:
        genotype = encode(space, ZOO[name], np.random.default_rng(0))
        return [WarmStart(_valid(name, space, genotype), name)]
    if name.startswith(_RUN):
        return _members(name, space, config)
    file = Path(name)
    if not file.is_file():
        raise ConfigError(
            f"search.init: {name!r} is no file, and not in the zoo, which has {', '.join(ZOO)}; "
            "the front of an earlier run is run:PATH"
        )
    genes = decode(
        tuple[int, ...], read_json(file, error=ConfigError), where=str(file), error=ConfigError
    )
    return [WarmStart(_of_genes(str(file), space, genes), str(file))]


def _members(name: str, space: SearchSpace, config: RunConfig) -> list[WarmStart]:
    """Front members of a run, each architecture once, with the weights that were kept."""
    path, _, member = name.removeprefix(_RUN).partition(":")
    run = load_run(path, read_only=True)
    _check_data(run, config)
    evaluations = run.database.evaluations()
    trainings = {row.id: row for row in run.database.trainings()}
    candidates = run.database.candidates()
    found: dict[str, WarmStart] = {}
    for point in run.archive():
        candidate = candidates[point.candidate]
        if member and member not in (str(point), str(candidate.id)):
            continue
        weights = evaluations[point.made_in].weights
        training = trainings.get(weights) if weights else None
        data = b"" if weights is None else read_weights(run.models_dir, weights)
        origin = f"run {run.name}, {point}"
        draft = _of_genes(origin, space, candidate.genes)
        if draft.architecture_key != candidate.architecture_key:
            raise ConfigError(_OTHER_SPACE.format(origin, "its genes mean another network"))
        found.setdefault(
            candidate.architecture_key,
            WarmStart(
                draft,
                origin,
                training.passes if training else 0.0,
                data,
                training.identity if training else "",
            ),
        )
    if not found:
        raise ConfigError(f"search.init: run {run.name} has no front member {member}".rstrip())
    return list(found.values())


def _check_data(run: Run, config: RunConfig) -> None:
    if run.config.problem != "cnn" or run.config.data.dataset != config.data.dataset:
        raise ConfigError(
            f"search.init: run {run.name} searched {run.config.problem} on "
            f"{run.config.data.dataset}, this one searches on {config.data.dataset}; its weights "
            "are of no use here"
        )


def _of_genes(origin: str, space: SearchSpace, genes: Sequence[int]) -> Draft:
    try:
        genotype = Genotype.from_list(space.grid, genes)
    except ConfigError as error:
        raise ConfigError(_OTHER_SPACE.format(origin, error)) from None
    return _valid(origin, space, genotype)


def _valid(origin: str, space: SearchSpace, genotype: Genotype) -> Draft:
    try:
        return draft_of(space, genotype, parents_used=0)
    except NetworkRejected as error:
        raise ConfigError(f"search.init: {origin} is outside this search space: {error}") from None
