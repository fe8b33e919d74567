"""What a member or a run is, as text that a new run begins with."""

import json
from pathlib import Path
from typing import Any

from evoapproxnas.cgp import Genotype
from evoapproxnas.errors import ConfigError, StoreError
from evoapproxnas.files import encode_json
from evoapproxnas.networks import Network, design_of
from evoapproxnas.networks.design_file import design_text
from evoapproxnas.problems.cnn.population import make_space
from evoapproxnas.records import Candidate
from evoapproxnas.report.export.job import Job
from evoapproxnas.store import Run


def write_config(job: Job, path: Path) -> None:
    """Write the configuration of the run; that of a member begins with it and its weights.

    Raises:
        ConfigError: for a member that no run can begin with.
    """
    config = job.run.config
    if job.member is not None:
        _check_start(job.run, job.member)
        start = f"run:{job.run.path.absolute()}:{job.member}"
        search = config.search.model_copy(update={"init": (start,), "fill": "vary"})
        config = config.model_copy(update={"search": search})
    path.write_text(config.to_toml(), encoding="utf-8")


def _check_start(run: Run, member: str) -> None:
    if run.config.problem != "cnn":
        raise ConfigError(
            f"only networks can be begun with, and run {run.name} searched {run.config.problem}; "
            "export the configuration of the whole run, without an id"
        )
    front = {text for name in run.archive() for text in (str(name), str(name.candidate))}
    if member not in front:
        raise ConfigError(
            f"a run begins with members of a front, and {member} is not on that of {run.name}; "
            "export its genome, which --init takes"
        )


def write_genome(job: Job, path: Path) -> None:
    """Write genes and what they mean; of a network also its design, which `--init` reads.

    Raises:
        StoreError: if the run has no such candidate.
    """
    candidate = job.run.candidate(job.name)
    genome = {
        "run": job.run.name,
        "id": job.name,
        "genes": candidate.genes,
        "key": candidate.key,
        "architecture_key": candidate.architecture_key,
        "parents": [str(parent) for parent in candidate.parents],
        "operator": candidate.operator,
        "meaning": json.loads(candidate.network),
        "assignment": _assignment(job),
    }
    path.write_text(_text(job, candidate, genome), encoding="utf-8")


def _text(job: Job, candidate: Candidate, genome: dict[str, Any]) -> str:
    if job.run.config.problem != "cnn":
        return f"{encode_json(genome, indent=1)}\n"
    space = make_space(job.run.config, Network.from_dict(genome["meaning"]))
    genotype = Genotype.from_list(space.grid, candidate.genes)
    genotype = space.with_multipliers(genotype, genome["assignment"])
    return design_text(design_of(space, genotype), genome=genome)


def _assignment(job: Job) -> dict[str, str]:
    """Return the multipliers of the point, or those of the genes where it was not evaluated."""
    point = job.run.point(job.name)
    if point is not None:
        return dict(point.assignment)
    try:
        return job.run.network(job.name).assignment
    except StoreError:
        return {}
