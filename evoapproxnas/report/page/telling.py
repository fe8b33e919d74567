"""Numbers and names as a page writes them."""

import math

from evoapproxnas.html import number as number
from evoapproxnas.wording import several as several


def rounded(value: float | None) -> float | None:
    """Return a value with six digits for JSON, which knows no other numbers than finite ones."""
    if value is None or not math.isfinite(value):
        return None
    return float(f"{value:.6g}")


def percent(share: float | None) -> str:
    """Write a share of 1 in percent, with two digits after the point as accuracies have."""
    if share is None or not math.isfinite(share):
        return "–"
    return f"{100 * share:.2f} %"


def duration(hours: float) -> str:
    """Write a time in the unit that suits it."""
    seconds = 3600 * hours
    if seconds < 120:
        return several(round(seconds), "second")
    if seconds < 7200:
        return f"{seconds / 60:.0f} minutes"
    return f"{hours:.1f} hours"
