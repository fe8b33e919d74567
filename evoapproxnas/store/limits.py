"""Whether what a run found is within the limits of its search."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evoapproxnas.store.run_folder import Run


def beyond_limits(run: "Run") -> str:
    """Say so where nothing that was evaluated is within the limits; else nothing.

    The front of the run is then what comes nearest to them.

    Args:
        run: the run.
    """
    nearest = [point.metrics for point in run.archive().values()]
    if not nearest or any(run.ranking.violation(metrics) == 0 for metrics in nearest):
        return ""
    limits = ", ".join(map(str, run.ranking.limits))
    broken = run.ranking.broken(nearest[0])
    figures = ", ".join(f"{limit.name} {nearest[0][limit.name]:.4g}" for limit in broken)
    return f"nothing is within its limits ({limits}), the nearest has {figures}"
