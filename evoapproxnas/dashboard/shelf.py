"""What was read of runs and studies, and read again only once it changed."""

import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

from evoapproxnas.dashboard.beside import DAMAGED, Trouble, build_beside, told
from evoapproxnas.dashboard.listing import Listed, list_run, list_study, moment
from evoapproxnas.dashboard.places import Place, Places, Stamps
from evoapproxnas.report.page.building import Content
from evoapproxnas.report.page.study import Study, read_study
from evoapproxnas.store import Run, load_moment

MOST_SHOWN = 20
"""Runs and studies beside each other."""
_MOST_KEPT = 32
"""Runs and studies whose rows are kept in memory."""
_MOST_VIEWS = 4
_LONGEST_REST = 20.0


@dataclass(frozen=True)
class View:
    """Runs and studies beside each other.

    Attributes:
        content: what a page shows of them; None if there is none of them.
        revisions: of what is shown, by name.
        trouble: what is not shown.
        there: how many runs and studies there are, shown or not.
    """

    content: Content | None
    revisions: dict[str, int]
    trouble: tuple[Trouble, ...]
    there: int


@dataclass
class _Known:
    """What is known of a place.

    Attributes:
        stamps: of its files, before they were read.
        row: of the list.
        rest_until: by the monotonic clock.
    """

    stamps: Stamps
    row: Listed
    rest_until: float


class Shelf:
    """Runs and studies as they were read last, for several threads.

    What is wrong with one of them is told in its row, and raises nothing.
    """

    def __init__(self, places: Places, *, rest: float = 1.5, first_seconds: float = 0.7) -> None:
        """Know nothing yet.

        Args:
            places: what there is.
            rest: what was read is left alone for so many times as long as that took: the campaign
                that writes it has the machine.
            first_seconds: in which the list is begun; what takes longer is told as soon as it is
                asked for again.
        """
        self.places = places
        self._rests = rest
        self._first_seconds = first_seconds
        self._known: dict[str, _Known] = {}
        self._read: OrderedDict[str, tuple[int, Run | Study]] = OrderedDict()
        self._views: OrderedDict[object, tuple[Content | None, list[Trouble]]] = OrderedDict()
        self._revisions = count(1)
        self._lock = threading.Lock()

    def rows(self) -> list[Listed]:
        """Return the list: runs first, of these what is worked on, then what changed last."""
        with self._lock:
            return self._rows()

    def view(self, keys: Sequence[str]) -> View:
        """Return what a page shows of places.

        Args:
            keys: their names; what is not there is told.
        """
        with self._lock:
            here = self.places.find()
            chosen = [here[key] for key in dict.fromkeys(keys) if key in here]
            trouble = [(key, "is not there, or not any more") for key in keys if key not in here]
            trouble += [
                (place.key, f"is left out: {MOST_SHOWN} are shown at once")
                for place in chosen[MOST_SHOWN:]
            ]
            for place in chosen:
                self._look(place)
            rows = [self._known[place.key].row for place in chosen[:MOST_SHOWN]]
            trouble += [(row.key, row.trouble) for row in rows if row.trouble]
            whole = tuple((row.key, row.revision) for row in rows if not row.trouble)
            content, more = self._content(whole, here)
            revisions = {row.key: row.revision for row in rows}
            return View(content, revisions, (*trouble, *more), len(here))

    def _rows(self) -> list[Listed]:
        here = self.places.find()
        for gone in self._known.keys() - here.keys():
            del self._known[gone]
            self._read.pop(gone, None)
        begun = time.monotonic()
        rows = []
        for place in sorted(here.values(), key=Place.changed, reverse=True):
            if place.key in self._known or time.monotonic() - begun < self._first_seconds:
                self._look(place)
                rows.append(self._known[place.key].row)
            else:
                changed = moment(place.changed())
                rows.append(Listed(place.key, place.kind, state="being read", changed=changed))
        return sorted(rows, key=lambda row: (row.kind, not row.running))

    def _look(self, place: Place) -> None:
        """Read a place if it changed, unless it was read a moment ago."""
        known = self._known.get(place.key)
        if known is not None and time.monotonic() < known.rest_until:
            return
        stamps = place.stamps()
        if known is not None and known.stamps == stamps:
            return
        begun = time.monotonic()
        changed = moment(place.changed())
        revision = next(self._revisions)
        try:
            row = _row(self._subject(place, revision), place.key)
        except DAMAGED as error:
            self._read.pop(place.key, None)
            row = Listed(place.key, place.kind, state="unreadable", trouble=told(error))
        row = replace(row, changed=changed, revision=revision)
        self._known[place.key] = _Known(stamps, row, time.monotonic())
        self._rest([place.key], time.monotonic() - begun)

    def _subject(self, place: Place, revision: int) -> Run | Study:
        """Return a place in memory, as it was at a revision; read it if that is forgotten."""
        kept = self._read.get(place.key)
        if kept is not None and kept[0] == revision:
            self._read.move_to_end(place.key)
            return kept[1]
        place.check()
        subject = (
            load_moment(place.path) if place.kind == "run" else read_study(place.path, place.key)
        )
        self._read[place.key] = (revision, subject)
        while len(self._read) > _MOST_KEPT:
            self._read.popitem(last=False)
        return subject

    def _content(
        self, whole: tuple[tuple[str, int], ...], here: Mapping[str, Place]
    ) -> tuple[Content | None, list[Trouble]]:
        """Return what is shown, and of what turns out to be damaged, why it is not."""
        if whole in self._views:
            return self._views[whole]
        begun = time.monotonic()
        subjects: dict[str, Run | Study] = {}
        trouble: list[Trouble] = []
        for key, revision in whole:
            try:
                subjects[key] = self._subject(here[key], revision)
            except DAMAGED as error:
                trouble.append((key, told(error)))
        content, more = build_beside(subjects, self.places)
        self._views[whole] = content, [*trouble, *more]
        while len(self._views) > _MOST_VIEWS:
            self._views.popitem(last=False)
        self._rest(subjects, time.monotonic() - begun)
        return self._views[whole]

    def _rest(self, keys: Iterable[str], took: float) -> None:
        """Leave places alone for a while after work on them that took so many seconds."""
        until = time.monotonic() + min(self._rests * took, _LONGEST_REST)
        for key in keys:
            known = self._known[key]
            known.rest_until = max(known.rest_until, until)


def _row(subject: Run | Study, key: str) -> Listed:
    return list_study(subject) if isinstance(subject, Study) else list_run(subject, key)
