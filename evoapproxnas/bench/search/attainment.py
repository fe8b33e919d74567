"""What the fronts of a search were worth as it went on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evoapproxnas.bench.search.trace import Floats, Trace
from evoapproxnas.pareto import Points, hypervolume, non_dominated


@dataclass(frozen=True)
class Yardstick:
    """What fronts are measured by.

    Attributes:
        reference: of the hypervolume, shape (2,).
        volume: of the true front.
    """

    reference: Points
    volume: float

    def share(self, true: Points) -> float:
        """Share of the true hypervolume that networks have, by their true figures."""
        return hypervolume(true, self.reference) / self.volume


@dataclass(frozen=True)
class Curse:
    """What became of a front that was chosen by noisy errors, at the end of a search.

    Attributes:
        seen_pct: mean error of its members as it was seen; None where nothing is noisy.
        again_pct: the same, seen a second time, of those that could be.
        points: by how many percentage points more than all networks that were evaluated its
            members got worse so: the winner's curse.
    """

    seen_pct: float | None = None
    again_pct: float | None = None
    points: float | None = None


def shares_after(
    trace: Trace, networks: Sequence[int], yardstick: Yardstick
) -> npt.NDArray[np.float64]:
    """Share of the true hypervolume after so many different networks, shape (len(networks),).

    A search that came to its end before keeps what it had.
    """
    born = np.maximum.accumulate(trace.networks) + 1
    ends = np.searchsorted(born, np.asarray(networks), side="right")
    return _shares(trace, ends, yardstick)


def shares_within(trace: Trace, hours: Sequence[float], yardstick: Yardstick) -> Floats:
    """Share after so much simulated training, one network after the other, likewise."""
    ends = np.searchsorted(trace.hours, np.asarray(hours), side="right")
    return _shares(trace, ends, yardstick)


def curse_of(trace: Trace) -> Curse:
    """Look at the last front again."""
    seen = _latest(trace, len(trace.networks))
    twice = np.isfinite(trace.again)
    front = non_dominated(seen) & twice
    if not front.any():
        return Curse()
    errors, worse = 100 * seen[:, 0], 100 * (trace.again - seen[:, 0])
    return Curse(
        seen_pct=float(errors[front].mean()),
        again_pct=float((errors + worse)[front].mean()),
        points=float(worse[front].mean() - worse[twice].mean()),
    )


def _shares(trace: Trace, ends: npt.NDArray[np.int64], yardstick: Yardstick) -> Floats:
    return np.array([_share(trace, end, yardstick) for end in ends.tolist()])


def _share(trace: Trace, end: int, yardstick: Yardstick) -> float:
    """Share of what is believed to be the front after so many steps."""
    if not end:
        return 0.0
    seen = _latest(trace, end)
    return yardstick.share(trace.true[: len(seen)][non_dominated(seen)])


def _latest(trace: Trace, end: int) -> Points:
    """What was seen last of every network, after so many steps; shape (n, 2)."""
    networks = trace.networks[:end]
    seen = np.empty((int(networks.max()) + 1, 2))
    seen[networks] = trace.seen[:end]  # Of several steps on a network the last one stays.
    return seen
