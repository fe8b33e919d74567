"""What the genes of candidates say, in words that people compare: features of networks."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from evoapproxnas.errors import ConfigError
from evoapproxnas.hardware.accelerators import buffer_kb, load_accelerator
from evoapproxnas.networks import Network
from evoapproxnas.problems import problem_kind
from evoapproxnas.records import Candidate, CandidateId, Point, PointId, StepId
from evoapproxnas.report.data.axes import common_objectives
from evoapproxnas.report.data.grouping import label_runs
from evoapproxnas.report.data.layers import Prices, prices_of
from evoapproxnas.report.data.points import points_frame
from evoapproxnas.store import Run

PREFIX = "gene: "
"""In front of the names of columns that are genes."""
NODES = f"{PREFIX}nodes "
ACTIVATION = f"{PREFIX}activation "
ACCELERATOR = f"{PREFIX}accelerator "
_CODES = (f"{ACCELERATOR}description", f"{ACCELERATOR}dataflow")


def gene_frame(runs: Sequence[Run]) -> pd.DataFrame:
    """List what the genes of every evaluated point mean, beside its figures.

    Genes of a grid mean something only together, and most are not expressed. So the parameters of
    the space are counted in the networks that they make: how many nodes of each kind, mean
    kernel, mean channels, how often the map is halved, share of layers with a bias and of each
    activation; of the multipliers mean energy of one and mean operand widths over all layers but
    the head. How long a network was trained is no gene, but decides its error: `training passes`
    stands beside them. Other problems have few genes that mean the same in every candidate; these
    are listed as they are ("gene: edge 0 to 1", "gene: 3", ...). Where the hardware is searched as
    well, size and kind of each point's accelerator are genes, too.

    Args:
        runs: of one problem.

    Returns:
        Rows of `points_frame` without copies, the columns of genes last; their names begin with
        "gene: ". `architecture` numbers what was trained: points of one differ in multipliers
        alone. Columns that are the same in all rows are there, too. `attrs["objectives"]` maps
        what the runs optimized to `min` or `max`; `attrs["unordered"]` names genes whose values
        are codes of things, which have no order.

    Raises:
        ConfigError: if runs are of several problems.
        StoreError: if a run cannot be read.
    """
    problems = sorted({run.config.problem for run in runs})
    if len(problems) != 1:
        raise ConfigError(
            "genes of different problems do not compare: expected runs of one, got "
            f"{', '.join(problems) or 'no run'}"
        )
    points = points_frame(runs)
    points = points[~points["copied"].astype(bool)]
    tables = []
    for one in label_runs(runs):
        own = points[points["run"] == one.label].reset_index(drop=True)
        if len(own):
            tables.append(pd.concat([own, _features(one.run, list(own["id"]))], axis=1))
    if not tables:
        table = points.assign(architecture=pd.Series(dtype=int))
        return _with_attributes(table, runs)
    table = pd.concat(tables, ignore_index=True)
    architecture = pd.factorize(table["architecture"])[0]
    genes = [str(name) for name in table if str(name).startswith(PREFIX)]
    # What a network has none of is 0, and a mean over nothing is not known.
    counts = [name for name in genes if name.startswith((NODES, ACTIVATION))]
    table[counts] = table[counts].fillna(0.0)
    others = [str(n) for n in table if n not in genes and n != "architecture"]
    table = table.assign(architecture=architecture)[[*others, "architecture", *genes]]
    for name in set(_CODES) & set(genes):
        table[name] = pd.Categorical(table[name]).codes.astype(float)
    return _with_attributes(table, runs)


def _with_attributes(table: pd.DataFrame, runs: Sequence[Run]) -> pd.DataFrame:
    directions = runs[0].ranking.directions
    codes = (PREFIX + name for name in problem_kind(runs[0].config).code_genes)
    table.attrs["unordered"] = [name for name in (*codes, *_CODES) if name in table]
    table.attrs["objectives"] = {name: directions[name] for name in common_objectives(runs)}
    return table


def _features(run: Run, ids: Sequence[str]) -> pd.DataFrame:
    with run.database.snapshot():
        candidates, points = run.database.candidates(), run.points()
        trained = _passes(run) if run.config.problem == "cnn" else {}
    wanted = {str(name): name for name in points}
    places = [wanted[name] for name in ids]
    if run.config.problem == "cnn":
        chosen = {place: points[place] for place in places}
        rows = _of_networks(candidates, chosen, trained)
    else:
        rows = [_of_codes(candidates[place.candidate], run) for place in places]
    if run.config.hardware.search != "off":
        names = [points[place].accelerator for place in places]
        found = {name: accelerator_genes(name) for name in set(names)}
        rows = [{**row, **found[name]} for row, name in zip(rows, names, strict=True)]
    return pd.DataFrame(rows)


def _passes(run: Run) -> dict[StepId, float]:
    """Passes that the weights of each step were trained for."""
    passes = {training.id: training.passes for training in run.database.trainings()}
    of_steps = run.database.evaluations().items()
    return {step: passes.get(done.weights or step, np.nan) for step, done in of_steps}


def _of_networks(
    candidates: Mapping[CandidateId, Candidate],
    points: Mapping[PointId, Point],
    trained: Mapping[StepId, float],
) -> list[dict[str, Any]]:
    prices = prices_of(sorted({m for point in points.values() for m in point.assignment.values()}))
    of_networks: dict[CandidateId, dict[str, Any]] = {}
    rows = []
    for place, point in points.items():
        if place.candidate not in of_networks:
            candidate = candidates[place.candidate]
            network = Network.from_dict(json.loads(candidate.network))
            key = candidate.architecture_key or candidate.key
            of_networks[place.candidate] = {"architecture": key, **architecture_genes(network)}
        rows.append(
            {
                **of_networks[place.candidate],
                **multiplier_genes(point.assignment, prices),
                f"{PREFIX}training passes": trained[place.made_in],
            }
        )
    return rows


def _of_codes(candidate: Candidate, run: Run) -> dict[str, Any]:
    """Genes of a candidate of a problem with few; those of the hardware stand behind them."""
    names = problem_kind(run.config).code_genes or map(str, range(len(candidate.genes)))
    return {
        "architecture": candidate.architecture_key or candidate.key,
        **{PREFIX + n: float(gene) for n, gene in zip(names, candidate.genes, strict=False)},
    }


def architecture_genes(network: Network) -> dict[str, float]:
    """Features of a network that do not depend on its multipliers."""
    inside = [op for op in network.ops if op.node_kind != "head"]
    kinds = Counter({op.node: op.node_kind for op in inside}.values())
    convolutions = [op for op in inside if op.macs]
    functions = Counter(str(op["function"]) for op in inside if op.kind == "activation")
    activations = max(sum(functions.values()), 1)
    halved = network.input_shape[0] / max(min(op.shape[0] for op in inside), 1)
    return {
        **{f"{NODES}{kind}": float(count) for kind, count in sorted(kinds.items())},
        f"{PREFIX}depth": float(network.depth),
        f"{PREFIX}kernel (mean)": _mean([op["kernel"] for op in convolutions]),
        f"{PREFIX}channels (mean)": _mean([op.shape[-1] for op in convolutions]),
        f"{PREFIX}channels (last)": float(inside[-1].shape[-1]),
        f"{PREFIX}halvings of the map": float(np.log2(halved)),
        f"{PREFIX}bias (share)": _mean([op["bias"] for op in convolutions]),
        **{f"{ACTIVATION}{f} (share)": n / activations for f, n in sorted(functions.items())},
    }


def multiplier_genes(assignment: Mapping[str, str], prices: Prices) -> dict[str, float]:
    """Features of the multipliers of all layers but the last, which is the head."""
    used = [prices[name] for name in list(assignment.values())[:-1]]
    return {
        f"{PREFIX}multiplier energy (mean)": _mean([price.relative for price in used]),
        f"{PREFIX}activation bits (mean)": _mean([price.activation_bits for price in used]),
        f"{PREFIX}weight bits (mean)": _mean([price.weight_bits for price in used]),
        f"{PREFIX}different multipliers": float(len({price.name for price in used})),
    }


def accelerator_genes(name: str) -> dict[str, Any]:
    """Features of an accelerator, by the name that a point has of it."""
    found = load_accelerator(name)
    return {
        f"{ACCELERATOR}description": found.name.partition("@")[0],
        f"{ACCELERATOR}rows": float(found.rows),
        f"{ACCELERATOR}columns": float(found.columns),
        f"{ACCELERATOR}buffer (KB)": buffer_kb(found),
        f"{ACCELERATOR}dataflow": found.dataflow,
    }


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")
