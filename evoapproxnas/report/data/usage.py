"""Which multipliers the layers of networks use, by depth."""

import json
from collections.abc import Mapping, Sequence
from typing import Literal

import pandas as pd

from evoapproxnas.errors import ConfigError
from evoapproxnas.multipliers import Multiplier
from evoapproxnas.networks import Network
from evoapproxnas.records import CandidateId, Point, PointId
from evoapproxnas.report.data.grouping import label_runs
from evoapproxnas.report.data.layers import LAYER_COLUMNS, Prices, layer_rows, prices_of
from evoapproxnas.store import Run


def usage_frame(
    runs: Sequence[Run],
    *,
    of: Literal["front", "all"] = "front",
    library: Mapping[str, Multiplier] | None = None,
) -> pd.DataFrame:
    """List the layers of many networks with their multipliers.

    Args:
        runs: of networks.
        of: members of the runs' archives, or all points but copies.
        library: as in `layer_frame`.

    Returns:
        Rows of `layer_frame` for every point, with `run`, `group` and `id` in front.

    Raises:
        ConfigError: for a run of another problem, whose candidates have no layers.
        StoreError: if a run cannot be read.
    """
    rows = []
    for one in label_runs(runs):
        if one.run.config.problem != "cnn":
            raise ConfigError(
                f"run {one.label} searched {one.run.config.problem!r}, whose candidates have no "
                "layers with multipliers; give runs of networks (problem 'cnn')"
            )
        with one.run.database.snapshot():
            points = one.run.archive() if of == "front" else _own_points(one.run)
            networks = _networks(one.run, points)
        used = {name for point in points.values() for name in point.assignment.values()}
        used |= {name for network in networks.values() for name in network.assignment.values()}
        prices: Prices = prices_of(sorted(used), library)
        for name, point in points.items():
            network = networks[name.candidate].with_assignment(point.assignment)
            first = {"run": one.label, "group": one.group, "id": str(name)}
            rows += [{**first, **row} for row in layer_rows(network, prices)]
    return pd.DataFrame(rows, columns=["run", "group", "id", *LAYER_COLUMNS])


def _own_points(run: Run) -> dict[PointId, Point]:
    copies = run.database.cache_hits()
    return {name: p for name, p in run.points().items() if name.candidate not in copies}


def _networks(run: Run, points: Mapping[PointId, Point]) -> dict[CandidateId, Network]:
    candidates = run.database.candidates()
    wanted = dict.fromkeys(name.candidate for name in points)
    return {c: Network.from_dict(json.loads(candidates[c].network)) for c in wanted}


def usage_by_depth(usage: pd.DataFrame, *, bins: int = 8) -> pd.DataFrame:
    """Count how much of each part of the networks uses each multiplier.

    Args:
        usage: of `usage_frame`.
        bins: parts of equal depth, the head's dense layer apart.

    Returns:
        One row for each part and multiplier that is used in it: `part` ("0-12 %", ..., "head"),
        `place` (0, 1, ..., bins for the head), `multiplier`, `relative_energy_of_one`, `layers`
        (how many), `share` of the layers of this part, `multiplications` and
        `multiplication_share` likewise.
    """
    columns = (
        *("part", "place", "multiplier", "relative_energy_of_one", "layers", "share"),
        *("multiplications", "multiplication_share"),
    )
    if usage.empty:
        return pd.DataFrame(columns=list(columns))
    inside = (usage["relative_depth"] * bins).astype(int).clip(upper=bins - 1)
    place = inside.where(usage["node_kind"] != "head", bins)
    grouped = usage.assign(place=place).groupby(["place", "multiplier"], sort=True)
    table = grouped.agg(
        relative_energy_of_one=("relative_energy_of_one", "first"),
        layers=("layer", "size"),
        multiplications=("multiplications", "sum"),
    ).reset_index()
    for column, share in (("layers", "share"), ("multiplications", "multiplication_share")):
        table[share] = table[column] / table.groupby("place")[column].transform("sum")
    table["part"] = [_part(int(number), bins) for number in table["place"]]
    return table[list(columns)]


def _part(number: int, bins: int) -> str:
    if number == bins:
        return "head"
    return f"{100 * number / bins:.0f}-{100 * (number + 1) / bins:.0f} %"
