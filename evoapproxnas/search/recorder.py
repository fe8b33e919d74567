"""What a campaign writes, and what earlier sessions of it wrote.

Nothing is written before there is something new: a resumed run first takes over what is
recorded, and if it turns out that it cannot go on, its folder is as it was.
"""

import logging
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from evoapproxnas.errors import StoreError
from evoapproxnas.files import told
from evoapproxnas.records import Candidate, CandidateId, Outcome, PointId, StepId
from evoapproxnas.store import GenerationRow, Run

_log = logging.getLogger("evoapproxnas")


class Recorder:
    """The store as the loop sees it.

    Attributes:
        known: what steps of candidates came to in earlier sessions.
        tests: test figures of front members.
        begun: whether this session writes already.
    """

    def __init__(self, run: Run) -> None:
        """Read all that is recorded, once."""
        self._run = run
        database = run.database
        self.known = database.outcomes()
        self.tests = database.tests()
        self.begun = False
        self._candidates = database.candidates()
        self._generations = {row.generation: row for row in database.generations()}
        self._worked_before = database.seconds_worked()
        self._started = time.monotonic()
        self._session = 0
        self._handler: logging.Handler | None = None

    @property
    def session_seconds(self) -> float:
        """Wall-clock time of this session."""
        return time.monotonic() - self._started

    @property
    def hours(self) -> float:
        """Wall-clock time of all sessions."""
        return (self._worked_before + self.session_seconds) / 3600

    @property
    def candidates(self) -> Mapping[CandidateId, Candidate]:
        """All that earlier sessions proposed, in order of birth."""
        return self._candidates

    @property
    def generations(self) -> Collection[int]:
        """Those that earlier sessions completed."""
        return self._generations.keys()

    def begin(self) -> None:
        """Open the run for writing, unless that is done: the resume is accepted."""
        if self.begun:
            return
        self._run.begin_writing()
        self.begun = True
        self._session = self._run.database.start_session()
        self._handler = log_file(self._run.path / "campaign.log")

    @contextmanager
    def together(self) -> Iterator[None]:
        """Commit all that is recorded in the context together, or none of it."""
        self.begin()
        with self._run.database.transaction():
            yield

    def end(self) -> None:
        """Close what `begin` opened."""
        with ExitStack() as rest:
            if self._handler is not None:
                rest.callback(self._handler.close)
                rest.callback(_log.removeHandler, self._handler)
            if self.begun:
                rest.callback(self._run.end_writing)
                self._run.database.update_session(self._session, self.session_seconds)

    def recorded(self) -> Iterator[tuple[Candidate, StepId, Outcome]]:
        """What candidates came to in earlier sessions, in order of birth, then of steps."""
        for step in sorted(self.known):
            yield self._candidates[step.candidate], step, self.known[step]

    def register(self, candidates: Sequence[Candidate]) -> None:
        """Record candidates, checking on a resumed run that they are what they were.

        Raises:
            StoreError: if one differs.
        """
        for candidate in candidates:
            if self._candidates.get(candidate.id, candidate).genes != candidate.genes:
                raise StoreError(
                    f"run {self._run.name} cannot be resumed: candidate {candidate.id} would "
                    "differ from the recorded one, so the run was made with another version or "
                    "library; resume it with those, or start a new run"
                )
        if new := [c for c in candidates if c.id not in self._candidates]:
            self.begin()
            self._run.database.add_candidates(new)

    def outcome(
        self,
        step: StepId,
        outcome: Outcome,
        *,
        source: CandidateId | None = None,
        infeasible: bool = False,
    ) -> None:
        """Record what a step came to; see `Database.add_outcome`."""
        self.begin()
        database = self._run.database
        with database.transaction():
            database.add_outcome(step, outcome, source=source, infeasible=infeasible)
            database.update_session(self._session, self.session_seconds)

    def generation(self, row: GenerationRow) -> None:
        """Record a finished generation; one that was cut short before becomes whole.

        Where nothing is new, what is recorded may be longer than what this session asks for.
        """
        known = self._generations.get(row.generation)
        if known is None or (self.begun and known != row):
            self.begin()
            self._run.database.add_generation(row)

    def test(self, point: PointId, metrics: Mapping[str, float]) -> None:
        """Record test figures."""
        self.begin()
        self._run.database.add_test(point, metrics)
        self.tests[point] = dict(metrics)


class _LogFile(logging.FileHandler):
    """A log that loses lines rather than the campaign its last words, where a disk is full.

    All that counts is in the database, whose errors stop the campaign.
    """

    def handleError(self, record: logging.LogRecord) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)

    def close(self) -> None:
        with suppress(OSError):  # Of lines that are still to be written.
            super().close()


def log_file(path: Path) -> logging.Handler:
    """Send the package's log to the run folder meanwhile.

    Raises:
        StoreError: if there can be no such file.
    """
    try:
        handler = _LogFile(path, encoding="utf-8")
    except OSError as error:
        raise StoreError(f"cannot write {path}: {told(error)}; fix its permissions") from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    _log.addHandler(handler)
    _log.setLevel(logging.INFO)
    return handler
