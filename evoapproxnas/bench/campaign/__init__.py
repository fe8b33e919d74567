"""What the mechanisms of a search are worth: campaigns of equal time with and without each.

    python -m evoapproxnas bench campaign --minutes 5 --seeds 3

`mechanisms` says what can be switched, `timed` runs one campaign and notes when it found what,
`comparing` makes hypervolumes of that.
"""

from evoapproxnas.bench.campaign.comparing import Comparison, compare
from evoapproxnas.bench.campaign.mechanisms import (
    ALL,
    MECHANISMS,
    NONE,
    Mechanism,
    Variant,
    variants,
)
from evoapproxnas.bench.campaign.timed import Found, Trace, bench_campaigns

__all__ = [
    "ALL",
    "MECHANISMS",
    "NONE",
    "Comparison",
    "Found",
    "Mechanism",
    "Trace",
    "Variant",
    "bench_campaigns",
    "compare",
    "variants",
]
