"""A run as an Optuna study in an SQLite file, which optuna-dashboard opens (extra `optuna`).

A trial is a point. Its parameters are the genes, where there are few; of networks they are how
many operations of each kind there are, and the depth. All figures, multipliers, parents and the
operator are its user attributes. Candidates without a point are failed or pruned trials, and so
are points of damaged runs that lack an objective.
"""

import json
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import optuna

from evoapproxnas.networks import Network
from evoapproxnas.problems import make_problem
from evoapproxnas.records import Candidate
from evoapproxnas.report.export.job import Job
from evoapproxnas.store import Run

_MOST_GENES = 64
Parameters = dict[str, int]
Read = Callable[[Candidate], Parameters]


def write_study(job: Job, path: Path) -> None:
    """Write the study, named as the run."""
    run = job.run
    kinds = optuna.study.StudyDirection
    directions = [
        kinds.MINIMIZE if direction == "min" else kinds.MAXIMIZE
        for direction in run.ranking.directions.values()
    ]
    level = optuna.logging.get_verbosity()
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    storage = optuna.storages.RDBStorage(f"sqlite:///{path.absolute()}")
    try:
        study = optuna.create_study(storage=storage, study_name=run.name, directions=directions)
        with warnings.catch_warnings():  # that this may change
            warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
            study.set_metric_names(list(run.ranking.directions))
        study.add_trials(_trials(run))
    finally:
        storage.remove_session()
        storage.engine.dispose()
        optuna.logging.set_verbosity(level)


def _trials(run: Run) -> list[optuna.trial.FrozenTrial]:
    candidates = run.database.candidates()
    read = _reader(run)
    chosen = {place: read(candidate) for place, candidate in candidates.items()}
    space = _space(list(chosen.values()))
    names = run.ranking.directions
    trials = []
    for point_id, point in run.points().items():
        params, known = chosen[point_id.candidate], point.metrics.keys() >= names.keys()
        trials.append(
            optuna.trial.create_trial(
                state=optuna.trial.TrialState.COMPLETE if known else optuna.trial.TrialState.FAIL,
                values=[point.metrics[name] for name in names] if known else None,
                params=params,
                distributions={name: space[name] for name in params},
                user_attrs={
                    **_origin(str(point_id), candidates[point_id.candidate]),
                    **point.metrics,
                    "multipliers": dict(point.assignment),
                },
            )
        )
    for step, failure in run.database.failures().items():
        params = chosen[step.candidate]
        pruned = failure.kind == "rejected"
        trials.append(
            optuna.trial.create_trial(
                state=optuna.trial.TrialState.PRUNED if pruned else optuna.trial.TrialState.FAIL,
                params=params,
                distributions={name: space[name] for name in params},
                user_attrs={
                    **_origin(str(step), candidates[step.candidate]),
                    "kind": failure.kind,
                    "reason": failure.reason,
                },
            )
        )
    return trials


def _origin(name: str, candidate: Candidate) -> dict[str, Any]:
    return {
        "id": name,
        "generation": candidate.id.generation,
        "parents": [str(parent) for parent in candidate.parents],
        "operator": candidate.operator,
        "key": candidate.key,
    }


def _reader(run: Run) -> Read:
    """Return what reads the parameters of a candidate."""
    if run.config.problem == "cnn":
        return _of_network
    problem = make_problem(run.config)
    free = [gene for gene, count in enumerate(problem.domains()) if count > 1][:_MOST_GENES]

    def of_genes(candidate: Candidate) -> Parameters:
        values = problem.values(candidate)
        return {f"gene_{gene:02d}": int(values[gene]) for gene in free}

    return of_genes


def _of_network(candidate: Candidate) -> Parameters:
    network = Network.from_dict(json.loads(candidate.network))
    nodes = {op.node: op.node_kind for op in network.ops if op.node_kind != "head"}
    counts = {"depth": network.depth, "nodes": len(nodes)}
    for kind in nodes.values():
        counts[f"nodes_{kind}"] = counts.get(f"nodes_{kind}", 0) + 1
    return counts


def _space(chosen: Sequence[Parameters]) -> Mapping[str, optuna.distributions.IntDistribution]:
    """Return the range of each parameter over all candidates."""
    ranges: dict[str, tuple[int, int]] = {}
    for params in chosen:
        for name, value in params.items():
            low, high = ranges.get(name, (value, value))
            ranges[name] = min(low, value), max(high, value)
    return {
        name: optuna.distributions.IntDistribution(low, high)
        for name, (low, high) in ranges.items()
    }
