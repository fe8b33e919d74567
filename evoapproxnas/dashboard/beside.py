"""Runs and studies beside each other, those left out that cannot be shown."""

from collections.abc import Mapping
from dataclasses import replace

from evoapproxnas.dashboard.places import Places
from evoapproxnas.errors import EvoApproxNASError
from evoapproxnas.report.page.building import Content, build_content
from evoapproxnas.report.page.snapshot import Snapshot, snapshots_of
from evoapproxnas.report.page.study import Study
from evoapproxnas.store import Run

DAMAGED = (EvoApproxNASError, OSError, LookupError, ValueError, TypeError, ArithmeticError)
"""What a folder of anybody's making can lead to; it must not keep the others from being shown."""

Trouble = tuple[str, str]
"""The name of a run or study, and why it is not shown."""


def build_beside(
    subjects: Mapping[str, Run | Study], places: Places
) -> tuple[Content | None, list[Trouble]]:
    """Return what a page shows of runs and studies in memory.

    Args:
        subjects: by name.
        places: where they lie.

    Returns:
        None for none of them, and what is left out.
    """
    if not subjects:
        return None, []
    try:
        return build_content(_beside(subjects, places)), []
    except DAMAGED as error:
        if len(subjects) == 1:
            return None, [(key, told(error)) for key in subjects]
    whole: dict[str, Run | Study] = {}
    trouble: list[Trouble] = []
    for key, subject in subjects.items():
        try:
            build_content(_beside({**whole, key: subject}, places))
        except DAMAGED as error:
            trouble.append((key, told(error)))
        else:
            whole[key] = subject
    return (build_content(_beside(whole, places)) if whole else None), trouble


def told(error: Exception) -> str:
    """Say what is wrong."""
    if isinstance(error, EvoApproxNASError):
        return str(error)
    return f"cannot be shown ({type(error).__name__}: {error}); is it damaged?"


def _beside(subjects: Mapping[str, Run | Study], places: Places) -> list[Snapshot | Study]:
    """Put what is in memory beside each other, under the names of their places."""
    runs = {key: subject for key, subject in subjects.items() if isinstance(subject, Run)}
    snapshots = snapshots_of([*runs.values()]) if runs else []
    named = {
        key: replace(snapshot, label=key, library=_inside(snapshot.library, places))
        for key, snapshot in zip(runs, snapshots, strict=True)
    }
    return [
        subject if isinstance(subject, Study) else named[key] for key, subject in subjects.items()
    ]


def _inside(library: str | None, places: Places) -> str | None:
    """Return a library that a run names, unless it leads out of what may be shown."""
    return library if library is not None and places.holds(library) else None
