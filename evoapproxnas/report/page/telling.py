"""Numbers and names as a page writes them."""

import math


def number(value: object) -> str:
    """Write a number with four digits, and a dash where there is none."""
    if value is None or isinstance(value, str):
        return value or "–"
    found = float(value)  # type: ignore[arg-type]
    if not math.isfinite(found):
        return "–"
    if abs(found) >= 1000:
        return f"{found:,.0f}"
    return f"{found:.0f}" if found == int(found) else f"{found:.4g}"


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
        return f"{seconds:.0f} seconds"
    if seconds < 7200:
        return f"{seconds / 60:.0f} minutes"
    return f"{hours:.1f} hours"


def several(count: int, noun: str) -> str:
    """Write a count with its noun, in the plural where there is not one."""
    plural = noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    return f"{count:,} {noun if count == 1 else plural}"
