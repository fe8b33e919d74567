"""What the list says of a run or a study."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import pandas as pd

from evoapproxnas.report.page.figures import columns
from evoapproxnas.report.page.shown import Tile, best_of
from evoapproxnas.report.page.snapshot import snapshot_of
from evoapproxnas.report.page.study import Study
from evoapproxnas.report.page.study_view import show_study
from evoapproxnas.report.page.telling import number, several
from evoapproxnas.report.page.words import state
from evoapproxnas.store import Run

_UNKNOWN = pd.DataFrame({"evaluation": [], "seconds": [], "hypervolume": []})


@dataclass(frozen=True)
class Listed:
    """A row of the list.

    Attributes:
        key: name of the place.
        kind: `run` or `study`.
        what: is searched, or was measured.
        state: how it stands, in a word or two.
        progress: how far it came.
        share: of the way to its end, 0..1; None where nobody knows.
        front: members of its front.
        best: value of each objective on the front, each on its own.
        changed: when it changed last, UTC, ISO 8601.
        trouble: why it cannot be read; empty if it can.
        revision: another one after every change.
    """

    key: str
    kind: str
    what: str = ""
    state: str = ""
    progress: str = ""
    share: float | None = None
    front: str = ""
    best: tuple[Tile, ...] = ()
    changed: str = ""
    trouble: str = ""
    revision: int = 0

    @property
    def running(self) -> bool:
        """Whether a process works on it."""
        return self.state == "running"


def list_run(run: Run, key: str) -> Listed:
    """Return the row of a run that is in memory.

    Raises:
        StoreError: if it is damaged.
    """
    snapshot = snapshot_of(run, key, _UNKNOWN)
    members = set(snapshot.front)
    search = snapshot.config.search
    last = max((row.generation for row in snapshot.generations), default=-1)
    told = f"{several(snapshot.counts.done, 'candidate')}, generation {max(last, 0)} of "
    return Listed(
        key=key,
        kind="run",
        what=snapshot.config.data.dataset if snapshot.of_networks else snapshot.config.problem,
        state=state(snapshot),
        progress=f"{told}{search.generations}",
        share=min(1.0, (last + 1) / (search.generations + 1)),
        front=number(len(members)),
        best=_best(best_of(columns(snapshot), [name in members for name in snapshot.points])),
    )


def list_study(study: Study) -> Listed:
    """Return the row of a study."""
    front = sum(row.front for row in study.rows)
    objectives = show_study(study, color="").tiles
    return Listed(
        key=study.label,
        kind="study",
        what=study.told,
        state=study.state,
        progress=several(len(study.rows), "measurement"),
        front=number(front),
        best=_best([tile for tile in objectives if tile[1].startswith(("best", "least"))]),
    )


def _best(tiles: Sequence[Tile]) -> tuple[Tile, ...]:
    """Return the first tiles, without the word that says which way is better."""
    return tuple((value, label.partition(" ")[2]) for value, label in tiles[:2])


def moment(seconds: float) -> str:
    """Write a time as a page reads it: UTC, ISO 8601."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds")
