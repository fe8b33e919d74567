"""What to say of runs that have nothing to show."""

from collections import Counter
from collections.abc import Sequence

from evoapproxnas.errors import StoreError, command
from evoapproxnas.store import Run


def require_points(runs: Sequence[Run]) -> None:
    """Refuse runs without a point.

    Raises:
        StoreError: naming the first such run, and why it has none; or if there is no run.
    """
    if not runs:
        raise StoreError("expected at least one run, got none, so there is nothing to draw")
    for run in runs:
        if not run.database.evaluations():
            raise StoreError(
                f"run {run.name} has no evaluated network yet, so there is nothing to draw"
                f"{_why(run)}; see its failures with: "
                + command("show", run.name, "--failures", runs_dir=run.path.parent)
            )


def _why(run: Run) -> str:
    failures = run.failures()
    if failures.empty:
        return ""
    (reason, count), *_ = Counter(failures["reason"]).most_common(1)
    return f": {len(failures)} failed or were rejected, {count} of them because: {reason:.200}"
