"""The history of a run as one table: every point, and every candidate that came to none."""

from pathlib import Path

import pandas as pd

from evoapproxnas.report.export.job import Job
from evoapproxnas.store import Run

_ORIGIN = (
    *("candidate", "generation", "step", "parents", "operator", "state", "failure", "reason"),
    "seconds",
)


def history(run: Run) -> pd.DataFrame:
    """Return the history of a run.

    Returns:
        One row a point, then one a step that failed, was rejected or lost, in order of birth:
        `id`, `candidate`, `generation`, `step`, `parents` (ids), `operator`, `state` of the
        candidate (see schema.sql), `failure` (its kind) and `reason`, `seconds` (wall clock),
        then the figures of `Run.evaluations`.
    """
    candidates, states = run.database.candidates(), run.database.states()
    origins = {
        place: {
            "candidate": str(place),
            "generation": place.generation,
            "parents": " ".join(map(str, candidate.parents)),
            "operator": candidate.operator,
            "state": states[place],
        }
        for place, candidate in candidates.items()
    }
    evaluations = run.database.evaluations()
    rows = [
        {"id": str(name), "step": name.step, "seconds": evaluations[name.made_in].seconds}
        | origins[name.candidate]
        for name in run.points()
    ]
    rows += [
        {"id": str(step), "step": step.step, "seconds": failure.seconds}
        | {"failure": failure.kind, "reason": failure.reason}
        | origins[step.candidate]
        for step, failure in run.database.failures().items()
        if step not in evaluations  # what was lost, and done again
    ]
    told = pd.DataFrame(rows, columns=["id", *_ORIGIN])
    for column in ("failure", "reason"):
        told[column] = told[column].astype("string").fillna("")
    return told.merge(run.evaluations(), on="id", how="left")


def write_csv(job: Job, path: Path) -> None:
    """Write the history as CSV."""
    history(job.run).to_csv(path, index=False)


def write_parquet(job: Job, path: Path) -> None:
    """Write the history as Parquet."""
    history(job.run).to_parquet(path, engine="pyarrow", index=False)
