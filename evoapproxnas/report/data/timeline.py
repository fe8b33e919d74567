"""What a run came to, step by step, in the order in which its work ended."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd

from evoapproxnas.records import Evaluation, Failure, Rejection, StepId
from evoapproxnas.store import Run, SessionRow

COLUMNS = (
    *("id", "candidate", "step", "generation", "outcome", "evaluation", "seconds"),
    *("took_seconds", "trained_seconds", "passes"),
)


def timeline_frame(run: Run) -> pd.DataFrame:
    """List the outcomes of a run in the order in which they came.

    Args:
        run: whose outcomes they are.

    Returns:
        One row for each step of a candidate that has an outcome:
        `id` of the step, `candidate`, `step` (0 is a candidate's first), `generation`;
        `outcome`: evaluated, emulated (measured with weights that were there), reused (taken over
        from another run), copied (of an earlier candidate that is the same network), rejected,
        failed;
        `evaluation`: how many steps had been worked on by then: evaluated, emulated or failed;
        `seconds`: of work of the campaign's process by then, pauses left out;
        `took_seconds`: of this step alone;
        `trained_seconds`, `passes`: of all trainings of this run by then, added up over workers.

    Raises:
        StoreError: if the run cannot be read.
    """
    with run.database.snapshot():
        outcomes, times = run.database.outcomes(), run.database.finish_times()
        copies, elapsed = run.database.cache_hits(), _elapsed(times, run.database.sessions())
    rows: list[dict[str, Any]] = []
    worked, trained, passes = 0, 0.0, 0.0
    for step in times:
        if step not in outcomes:
            continue  # Lost with its worker; it is done again.
        outcome = outcomes[step]
        kind = _kind(step, outcome, copied=step.candidate in copies)
        worked += kind in ("evaluated", "emulated", "failed")
        if kind == "evaluated" and isinstance(outcome, Evaluation) and outcome.training:
            trained += outcome.training.seconds
            passes += outcome.training.budget
        took = 0.0 if isinstance(outcome, Rejection) else outcome.seconds
        values = (
            *(str(step), str(step.candidate), step.step, step.candidate.generation, kind),
            *(worked, elapsed[step], took, trained, passes),
        )
        rows.append(dict(zip(COLUMNS, values, strict=True)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _kind(step: StepId, outcome: Evaluation | Failure | Rejection, *, copied: bool) -> str:
    if copied:
        return "copied"
    if isinstance(outcome, Rejection):
        return "rejected"
    if isinstance(outcome, Failure):
        return "failed"
    if outcome.reused_from:
        return "reused"
    trained_itself = outcome.weights is None or outcome.weights == step
    return "evaluated" if trained_itself else "emulated"


def _elapsed(times: dict[StepId, datetime], sessions: Sequence[SessionRow]) -> dict[StepId, float]:
    """Seconds of work by the end of each step; what lies between two sessions does not count."""
    starts = [session.started for session in sessions] or list(times.values())[:1]
    before, current = 0.0, 0
    found: dict[StepId, float] = {}
    last = 0.0
    for step, end in times.items():
        while current + 1 < len(starts) and end >= starts[current + 1]:
            # A session that was killed could not say how long it worked.
            told = sessions[current].seconds if sessions else 0.0
            gap = (starts[current + 1] - starts[current]).total_seconds()
            before, last, current = before + min(max(told, last), gap), 0.0, current + 1
        last = max((end - starts[current]).total_seconds(), 0.0)
        found[step] = before + last
    return found
