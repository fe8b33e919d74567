"""Candidates to begin with: networks of the zoo, members of earlier fronts, designs in files."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np

from evoapproxnas.cgp import Genotype
from evoapproxnas.config import DataConfig, RunConfig
from evoapproxnas.errors import (
    ConfigError,
    EvoApproxNASError,
    NetworkRejected,
    UnknownNameError,
)
from evoapproxnas.networks import Node, SearchSpace, adopt, design_of
from evoapproxnas.networks.design_file import read_design
from evoapproxnas.networks.zoo.designs import ZOO
from evoapproxnas.problems.cnn.population import draft_of, make_space
from evoapproxnas.records import Draft, WarmStart
from evoapproxnas.store import Run, load_run
from evoapproxnas.store.weights import read_weights
from evoapproxnas.training import load_dataset

_RUN = "run:"


def warm_starts(space: SearchSpace, config: RunConfig) -> list[WarmStart]:
    """Make the candidates that `search.init` names, in its order.

    Names are those of the zoo; `run:PATH` for all members of the front of an earlier run, or
    `run:PATH:ID` for one of them, with their weights; anything else is a file of a design.

    Raises:
        ConfigError: for one that this space does not hold, that is unknown, or whose weights are
            of another data set; or for more than the population takes.
        StoreError: for a run that cannot be read, or a member whose weights are gone.
    """
    try:
        found = [start for name in config.search.init for start in _starts(name, space, config)]
    except EvoApproxNASError as error:  # It may be about a file of another run.
        raise type(error)(f"search.init: {error}") from error
    if len(found) > config.search.population:
        raise ConfigError(
            f"search.init names {len(found)} candidates, but search.population is "
            f"{config.search.population}; name fewer, such as run:NAME:ID, or raise it"
        )
    return found


def _starts(name: str, space: SearchSpace, config: RunConfig) -> Sequence[WarmStart]:
    if name in ZOO:
        return [WarmStart(_adopted(name, space, ZOO[name]), name)]
    if name.startswith(_RUN):
        return _members(name.removeprefix(_RUN), space, config)
    file = Path(name)
    if not file.is_file():
        raise ConfigError(
            f"{name!r} is no file, and not in the zoo, which has {', '.join(ZOO)}; "
            "the front of an earlier run is run:PATH"
        )
    return [WarmStart(_adopted(str(file), space, read_design(file)), str(file))]


def _members(name: str, space: SearchSpace, config: RunConfig) -> list[WarmStart]:
    """Front members of a run, each architecture once, with the weights that were kept."""
    path, _, member = name.partition(":")
    run = load_run(path, read_only=True)
    _check_data(run, config)
    # The data set is where this campaign has it, wherever that of the run was.
    here = run.config.data.model_copy(update={"data_dir": config.data.data_dir})
    before = make_space(run.config.model_copy(update={"data": here}))
    evaluations, candidates = run.database.evaluations(), run.database.candidates()
    trainings = {row.id: row for row in run.database.trainings()}
    found: dict[str, WarmStart] = {}
    for point in run.archive():
        candidate = candidates[point.candidate]
        if candidate.architecture_key in found or (
            member and member not in (str(point), str(candidate.id))
        ):
            continue
        weights = evaluations[point.made_in].weights
        training = None if weights is None else trainings.get(weights)
        origin = f"run {run.name}, {point}"
        genes = candidate.genes[: len(candidate.genes) - run.config.hardware.genes]
        genotype = Genotype.from_list(before.grid, genes)
        found[candidate.architecture_key] = WarmStart(
            _adopted(origin, space, design_of(before, genotype)),
            origin,
            training.passes if training else 0.0,
            b"" if weights is None else read_weights(run.models_dir, weights),
            training.identity if training else "",
        )
    if not found:
        raise ConfigError(f"run {run.name} has no front member {member}".rstrip())
    return list(found.values())


def _check_data(run: Run, config: RunConfig) -> None:
    if run.config.problem != "cnn" or run.config.data.dataset != config.data.dataset:
        raise ConfigError(
            f"run {run.name} searched {run.config.problem} on "
            f"{run.config.data.dataset}, this one searches on {config.data.dataset}; its weights "
            "are of no use here"
        )
    recorded = run.inputs.get(f"data set {run.config.data.dataset}")
    if recorded is None:
        return
    present = _digest(run.config.data.model_copy(update={"data_dir": config.data.data_dir}))
    if present != recorded:
        # Its weights may have seen what are validation or test images here.
        raise ConfigError(
            f"run {run.name} was trained on other images of data set "
            f"{config.data.dataset}: their digest was {recorded} and is {present} now; put back "
            "what was there, or begin with the network alone: export its design with "
            "'export RUN ID --to genome' and name that file"
        )


@cache
def _digest(data: DataConfig) -> str:
    """Of the images that a run with this section has here."""
    return load_dataset(data).digest


def _adopted(origin: str, space: SearchSpace, design: Sequence[Node]) -> Draft:
    """Express a design in this space; a multiplier that it does not offer becomes its first."""
    nodes = [replace(node, values=_offered(node, space)) for node in design]
    try:
        genotype = adopt(space, nodes, np.random.default_rng(0))
        return draft_of(space, genotype, parents_used=0)
    except (ConfigError, NetworkRejected, UnknownNameError) as error:
        raise ConfigError(
            f"{origin} is not in this search space: {error}; widen the sections grid "
            "and space, or begin with something else"
        ) from None


def _offered(node: Node, space: SearchSpace) -> dict[str, object]:
    return {
        name: value
        for name, value in node.values.items()
        if name != "multiplier" or value in space.multipliers
    }
