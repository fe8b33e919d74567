"""The rows of a run, read."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

from evoapproxnas.constraints import Limit, Ranking
from evoapproxnas.files import decode
from evoapproxnas.records import (
    Candidate,
    CandidateId,
    Evaluation,
    Failure,
    Outcome,
    Point,
    PointId,
    Rejection,
    StepId,
    Training,
)
from evoapproxnas.store import rows
from evoapproxnas.store.connection import explained
from evoapproxnas.store.counts import Counts
from evoapproxnas.store.rows import GenerationRow, SessionRow, TrainingRow

HERE = "WHERE generation = ? AND position = ?"
"""Picks the rows of one candidate."""
AT_STEP = f"{HERE} AND step = ?"
"""Picks the rows of one step."""

R = TypeVar("R", bound="Rows")
T = TypeVar("T")
_ONCE: list[str] = []
"""Names of what is read once where all is of one moment."""


def _once(read: Callable[[R], T]) -> Callable[[R], T]:
    """Take what a method returned before, where all is of one moment."""
    name = read.__name__

    @wraps(read)
    def found(rows: R) -> T:
        known = rows._known
        if known is None:
            return read(rows)
        if name not in known:
            known[name] = read(rows)
        return cast(T, known[name])

    _ONCE.append(name)
    return found


class Rows:
    """What is recorded of one run.

    Raises:
        StoreError: from every method, when the file cannot be used or a row is malformed.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Read through an open connection."""
        self._path = path
        self._connection = connection
        self._reader = rows.Reader(path)
        self._known: dict[str, Any] | None = None

    def keep(self) -> None:
        """Read all rows as of one moment, each once, and let the file go.

        From then on every method returns what was there at that moment; nobody changes it.
        """
        with self.snapshot():
            self._known = {}
            for name in _ONCE:
                getattr(self, name)()
        self._connection.close()

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Read all within the context as of one moment, whatever a campaign writes; may be nested.

        A campaign that goes on is not held up; keep it short where it has just ended.
        """
        if self._known is not None or self._connection.in_transaction:
            yield
            return
        self._read("BEGIN")
        try:
            yield
        finally:
            self._read("COMMIT")

    @_once
    def config(self) -> dict[str, Any] | None:
        """The configuration as it was last accepted; None in runs of an older schema."""
        found = self._read("SELECT config FROM campaign")
        return self._reader.value(dict[str, Any], "campaign", found[0][0]) if found else None

    @_once
    def ranking(self) -> Ranking:
        """How the candidates compare."""
        objectives = self._read("SELECT name, direction FROM objectives ORDER BY rowid")
        limits = self._read("SELECT name, direction, value FROM limits ORDER BY rowid")
        return Ranking(dict(objectives), tuple(Limit(*limit) for limit in limits))

    def directions(self) -> dict[str, str]:
        """`min` or `max` by objective, in the order of the objective vector."""
        return dict(self.ranking().directions)

    @_once
    def seconds_worked(self) -> float:
        """Wall-clock time over all sessions."""
        return float(self._read("SELECT coalesce(sum(seconds), 0) FROM sessions")[0][0])

    def candidates(self, place: CandidateId | None = None) -> dict[CandidateId, Candidate]:
        """All candidates in order of birth, or one of them."""
        if place is None:
            return self._all_candidates()
        if self._known is not None:
            found = self._all_candidates().get(place)
            return {} if found is None else {place: found}
        return self._candidates(HERE, *rows.place_columns(place))

    @_once
    def _all_candidates(self) -> dict[CandidateId, Candidate]:
        return self._candidates("")

    def _candidates(self, which: str, *values: int) -> dict[CandidateId, Candidate]:
        found = self._read(
            "SELECT generation, position, key, architecture_key, network, genes, parents, operator"
            f" FROM candidates {which} ORDER BY generation, position",
            *values,
        )
        return {c.id: c for c in map(self._candidate, found)}

    def _candidate(self, row: Sequence[Any]) -> Candidate:
        generation, position, key, architecture_key, network, genes, parents, operator = row
        return self._reader.record(
            Candidate,
            f"candidates {generation}, {position}",
            {
                "id": {"generation": generation, "index": position},
                **{"key": key, "architecture_key": architecture_key, "network": network},
                "operator": operator,
            },
            texts={"genes": genes},
            ids={"parents": parents},
        )

    @_once
    def states(self) -> dict[CandidateId, str]:
        """State of every candidate; schema.sql lists them."""
        found = self._read("SELECT generation, position, state FROM candidates")
        return {self._reader.place("candidates", g, i): str(state) for g, i, state in found}

    @_once
    def evaluations(self) -> dict[StepId, Evaluation]:
        """What steps gave, cache hits included, in order of birth."""
        found = self._read(
            "SELECT p.generation, p.position, p.step, p.seconds, p.metrics, p.assignment, "
            "p.accelerator, t.generation, t.position, t.step FROM points p LEFT JOIN trainings t "
            "ON t.id = p.training ORDER BY p.generation, p.position, p.step, p.number"
        )
        points: dict[StepId, list[Point]] = {}
        shared: dict[StepId, dict[str, Any]] = {}
        for g, i, number, seconds, metrics, assignment, accelerator, *trained in found:
            step = self._reader.step("points", g, i, number)
            texts = {"metrics": metrics, "assignment": assignment}
            plain = {"accelerator": accelerator}
            point = self._reader.record(Point, f"points of {g}, {i}", plain, texts=texts)
            points.setdefault(step, []).append(point)
            weights = None if None in trained else self._reader.step("trainings", *trained)
            where = f"{self._path}, points of {g}, {i}"
            shared[step] = {
                "seconds": decode(float, seconds, where=where),
                "weights": weights,
            }
        trainings = {row.id: row for row in self.trainings()}
        return {
            step: Evaluation(
                here[0].metrics,
                shared[step]["seconds"],
                _training(trainings.get(step)),
                here[0].assignment,
                tuple(here[1:]),
                shared[step]["weights"],
                trainings[step].reused_from if step in trainings else "",
                here[0].accelerator,
            )
            for step, here in points.items()
        }

    @_once
    def trainings(self) -> list[TrainingRow]:
        """All trainings, in the order in which they ended."""
        names = (
            *("architecture_key", "budget", "passes", "recipe", "identity", "seconds", "state"),
            "reused_from",
        )
        found = self._read(
            f"SELECT generation, position, step, history, inherited_from, {', '.join(names)} "
            "FROM trainings ORDER BY id"
        )
        return [
            self._reader.record(
                TrainingRow,
                f"trainings of {g}, {i}",
                {
                    "id": {"candidate": {"generation": g, "index": i}, "step": step},
                    **dict(zip(names, plain, strict=True)),
                },
                texts={"history": history},
                ids={} if inherited is None else {"inherited_from": inherited},
            )
            for g, i, step, history, inherited, *plain in found
        ]

    @_once
    def cache_hits(self) -> dict[CandidateId, CandidateId]:
        """Candidates that took over the figures of an earlier one with the same key."""
        found = self._read(
            "SELECT generation, position, source FROM points WHERE source IS NOT NULL "
            "ORDER BY generation, position"
        )
        return {
            self._reader.place("points", g, i): CandidateId(
                *self._reader.value(tuple[int, int], f"points of {g}, {i}", source)
            )
            for g, i, source in found
        }

    @_once
    def failures(self) -> dict[StepId, Failure]:
        """All steps without figures, in order of birth: failed, rejected and lost ones."""
        found = self._read(
            "SELECT generation, position, step, kind, reason, seconds, details FROM failures "
            "ORDER BY generation, position, step"
        )
        names = ("kind", "reason", "seconds", "details")
        return {
            self._reader.step("failures", g, i, step): self._reader.record(
                Failure, f"failures of {g}, {i}", dict(zip(names, plain, strict=True))
            )
            for g, i, step, *plain in found
        }

    @_once
    def rejections(self) -> dict[StepId, Rejection]:
        """Candidates that were not evaluated, with their cheap figures."""
        found = self._read(
            "SELECT generation, position, step, reason, metrics FROM failures "
            "WHERE kind = 'rejected' ORDER BY generation, position"
        )
        return {
            self._reader.step("failures", g, i, step): self._reader.record(
                Rejection, f"failures of {g}, {i}", {"reason": reason}, texts={"metrics": metrics}
            )
            for g, i, step, reason, metrics in found
        }

    def outcomes(self) -> dict[StepId, Outcome]:
        """What steps came to for good; those that were lost have to be done again."""
        failures = {p: f for p, f in self.failures().items() if f.kind not in ("lost", "rejected")}
        return {**self.evaluations(), **failures, **self.rejections()}

    @_once
    def counts(self) -> Counts:
        """What the run took so far; the same as a campaign counts in memory."""
        counts, keys = Counts(), set()
        found = self._read(
            "SELECT c.key, c.state, f.kind FROM candidates c LEFT JOIN failures f "
            "ON (f.generation, f.position, f.step) = (c.generation, c.position, 0) "
            "ORDER BY c.generation, c.position"
        )
        for key, state, kind in found:
            copied = key in keys and kind != "unvaried"
            keys.add(key)
            if state in ("proposed", "lost"):
                continue
            counts.done += 1
            counts.failures += state == "failed"
            counts.cached += copied
            counts.rejected += state == "rejected" and not copied
            counts.work += state != "rejected" and not copied
        for reused, number, passes in self._read(
            "SELECT reused_from != '', count(*), sum(budget) FROM trainings GROUP BY 1"
        ):
            if reused:
                counts.reused = number
            else:
                counts.trainings, counts.passes = number, float(passes)
        own = "FROM points p LEFT JOIN trainings t ON t.id = p.training WHERE p.source IS NULL"
        first = "p.number = 0"
        ((counts.promotions,),) = self._read(f"SELECT count(*) {own} AND {first} AND p.step > 0")
        ((counts.emulated,),) = self._read(
            f"SELECT count(*) {own} AND {first} AND "
            "(t.generation, t.position, t.step) != (p.generation, p.position, p.step)"
        )
        return counts

    @_once
    def tests(self) -> dict[PointId, dict[str, float]]:
        """Test figures of the front members that have them."""
        found = self._read("SELECT generation, position, step, number, metrics FROM tests")
        return {
            self._reader.point("tests", g, i, step, number): self._reader.value(
                dict[str, float], f"tests of {g}, {i}", metrics
            )
            for g, i, step, number, metrics in found
        }

    @_once
    def finish_times(self) -> dict[StepId, datetime]:
        """When steps ended, UTC, those without figures included, in this order."""
        found = self._read(
            "SELECT generation, position, step, finished FROM points WHERE number = 0 UNION ALL "
            "SELECT generation, position, step, finished FROM failures ORDER BY 4, 1, 2, 3"
        )
        return {
            self._reader.step("outcomes", g, i, step): self._reader.time(f"end of {g}, {i}", end)
            for g, i, step, end in found
        }

    @_once
    def sessions(self) -> list[SessionRow]:
        """The starts of the process, in order."""
        found = self._read("SELECT rowid, started, seconds FROM sessions ORDER BY rowid")
        return [
            self._reader.record(
                SessionRow,
                f"sessions {number}",
                {"started": self._reader.time(f"sessions {number}", started), "seconds": seconds},
            )
            for number, started, seconds in found
        ]

    @_once
    def generations(self) -> list[GenerationRow]:
        """The finished generations."""
        found = self._read(
            "SELECT generation, hypervolume, survivors FROM generations ORDER BY generation"
        )
        return [
            self._reader.record(
                GenerationRow,
                f"generations {generation}",
                {"generation": generation, "hypervolume": volume},
                ids={"survivors": survivors},
            )
            for generation, volume, survivors in found
        ]

    def _read(self, statement: str, *values: Any) -> Sequence[Any]:
        with explained(self._path):
            return self._connection.execute(statement, values).fetchall()


def _training(row: TrainingRow | None) -> Training | None:
    if row is None:
        return None
    return Training(
        row.budget,
        row.recipe,
        row.passes,
        row.identity,
        row.history,
        row.seconds,
        row.state,
        row.inherited_from,
    )
