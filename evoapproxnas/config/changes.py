"""What of a configuration may change from one session of a run to the next."""

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

MAY_CHANGE = (
    "search.generations",
    "search.max_evaluations",
    "search.max_hours",
    "execution.*",
    "finish.*",
    "data.data_dir",
    "tabular.pickle",
)
"""Keys that a run may be resumed with another value of: they decide no choice of the search."""


def may_change(key: str) -> bool:
    """Whether a dotted key may differ from one session to the next.

    Args:
        key: such as "search.generations".
    """
    return any(fnmatchcase(key, pattern) for pattern in MAY_CHANGE)


def flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return values by dotted key; what a section holds stays as it is.

    Args:
        values: by section and key.
        prefix: that keys begin with.
    """
    found: dict[str, Any] = {}
    for key, value in values.items():
        inner = isinstance(value, Mapping) and not prefix
        found |= flat(value, f"{key}.") if inner else {prefix + key: value}
    return found
