"""Hypervolumes over time of campaigns that are to be compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evoapproxnas.bench.campaign.mechanisms import ALL, NONE
from evoapproxnas.bench.campaign.timed import Trace
from evoapproxnas.constraints import Limit
from evoapproxnas.pareto import hypervolume

_LOGARITHMIC = ("energy_nj", "macs", "parameters")
"""Figures that differ by factors."""


@dataclass(frozen=True)
class Comparison:
    """Campaigns in figures.

    Attributes:
        seconds: processor time at which they are compared: that of the shortest.
        variants: one row a variant: medians over the seeds of its hypervolume, of the ratio to
            `none` and to `all` of the same seed, of the share of the time after which it has what
            `none` of the same seed has at the end, and of what it took; None: it never has, or
            there is nothing to compare with.
        campaigns: one row a campaign, likewise.
    """

    seconds: float
    variants: list[dict[str, Any]]
    campaigns: list[dict[str, Any]]


def compare(
    traces: Sequence[Trace], *, objectives: Sequence[str], limits: Sequence[Limit]
) -> Comparison:
    """Compare campaigns after equal time.

    The hypervolume is that of the front of all that was found by then, as a share of the box
    between the best and the worst value of each objective; energies and sizes are taken as
    logarithms, as they differ by factors. What is beyond a limit is worth nothing, as it is to the
    search. An objective is worst at its limit, and best at 0 if it is linear; where it has no
    limit, or is a logarithm, its extremes are those of all points, of all campaigns, that are
    within all limits.

    Args:
        traces: the campaigns; those of one seed are compared with each other.
        objectives: names of the figures, less is better.
        limits: of the campaigns, and any more.

    Returns:
        A row for each variant, and one for each campaign.
    """
    scale = _Scale(traces, objectives, limits)
    seconds = min(trace.seconds for trace in traces)
    none = {t.seed: scale.volume(t, seconds) for t in traces if t.variant == NONE}
    whole = {t.seed: scale.volume(t, seconds) for t in traces if t.variant == ALL}
    rows = []
    for trace in sorted(traces, key=lambda t: (t.seed, t.variant)):
        volume = scale.volume(trace, seconds)
        rows.append(
            {
                "variant": trace.variant,
                "seed": trace.seed,
                "hypervolume": volume,
                "to_none": _ratio(volume, none.get(trace.seed)),
                "to_all": _ratio(volume, whole.get(trace.seed)),
                "time_to_none": scale.share_of_time(trace, seconds, none.get(trace.seed)),
                "candidates": trace.candidates,
                "trainings": trace.trainings,
                "passes": trace.passes,
            }
        )
    return Comparison(seconds, _medians(rows), rows)


def _ratio(value: float, to: float | None) -> float | None:
    return value / to if to else None


def _median(values: Sequence[float | None]) -> float | None:
    """Median; None counts as more than any number."""
    found = median(np.inf if value is None else value for value in values)
    return float(found) if np.isfinite(found) else None


def _medians(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    found = []
    for name in dict.fromkeys(row["variant"] for row in rows):
        own = [row for row in rows if row["variant"] == name]
        keys = [key for key in own[0] if key not in ("variant", "seed")]
        found.append({"variant": name} | {k: _median([row[k] for row in own]) for k in keys})
    order = {ALL: 0, NONE: 2}
    return sorted(found, key=lambda row: (order.get(row["variant"], 1), -row["hypervolume"]))


class _Scale:
    """Maps figures to the unit box: 0 is best, 1 is worst."""

    def __init__(
        self, traces: Sequence[Trace], objectives: Sequence[str], limits: Sequence[Limit]
    ) -> None:
        self._objectives, self._limits = objectives, limits
        found = np.concatenate([self._vectors(trace, np.inf) for trace in traces])
        self._low, self._high = np.zeros(len(objectives)), np.ones(len(objectives))
        for column, name in enumerate(objectives):
            worst = [self._value(name, limit.value) for limit in limits if limit.name == name]
            if len(found) and (name in _LOGARITHMIC or not worst):
                self._low[column] = found[:, column].min()
                self._high[column] = found[:, column].max()
            if worst:
                self._high[column] = min(worst)

    def volume(self, trace: Trace, seconds: float) -> float:
        """Hypervolume of what a campaign had found by then, 0..1."""
        vectors = self._vectors(trace, seconds)
        if not len(vectors):
            return 0.0
        width = np.maximum(self._high - self._low, np.finfo(float).tiny)
        return float(hypervolume((vectors - self._low) / width, np.ones(len(width))))

    def share_of_time(self, trace: Trace, seconds: float, wanted: float | None) -> float | None:
        """Share of the time after which a campaign has a hypervolume; None if never."""
        if wanted is None:
            return None
        for moment in sorted({found.seconds for found in trace.found}):
            if moment <= seconds and self.volume(trace, moment) >= wanted:
                return moment / seconds
        return None

    def _vectors(self, trace: Trace, seconds: float) -> NDArray[np.float64]:
        """What was found by then and is worth something, shape (n, m)."""
        rows = [
            [self._value(name, found.figures[name]) for name in self._objectives]
            for found in trace.found
            if found.seconds <= seconds
            and not any(limit.violation(found.figures) for limit in self._limits)
        ]
        return np.array(rows, dtype=np.float64).reshape(-1, len(self._objectives))

    def _value(self, name: str, figure: float) -> float:
        return float(np.log10(figure)) if name in _LOGARITHMIC else figure
