"""Whether a run may go on with the configuration that it has now.

The database holds the configuration that the run was made with. What decides which candidates
there are, or what their figures mean, has to be as it was; the rest may change.
"""

from collections.abc import Mapping
from typing import Any

from evoapproxnas.config import MAY_CHANGE, RunConfig, flat, may_change
from evoapproxnas.errors import ConfigError

_FIRST_SECTIONS = (*("grid", "space", "data", "training", "quantization", "search", "execution"),)
"""Sections that the files of all versions have."""


def check_change(recorded: Mapping[str, Any] | None, present: Mapping[str, Any]) -> None:
    """Refuse a configuration that would make another run.

    Args:
        recorded: plain values by section, as they were last accepted; None if they were not.
        present: likewise, those of config.toml.

    Raises:
        ConfigError: naming the keys, and both values.
    """
    if recorded is None:
        _check_whole(present)
        return
    before, after, defaults = flat(recorded), flat(present), flat(plain(RunConfig()))
    missing = [key for key in before if key not in after and not may_change(key)]
    if missing:
        raise ConfigError(
            f"config.toml lacks {', '.join(missing[:3])}{', ...' if missing[3:] else ''}, which "
            f"this run was made with ({missing[0]} = {before[missing[0]]!r}); was it cut short? "
            "Restore it, then resume"
        )
    changed = [
        f"{key} is {value!r} and was {_shown(before.get(key, defaults.get(key)))}"
        for key, value in after.items()
        if not may_change(key) and value != before.get(key, defaults.get(key))
    ]
    if changed:
        raise ConfigError(
            f"this run cannot go on with another configuration: {'; '.join(changed[:5])}"
            f"{'; ...' if changed[5:] else ''}; put that back, or start a new run (what may "
            f"change is {', '.join(MAY_CHANGE)})"
        )


def plain(config: RunConfig) -> dict[str, Any]:
    """A configuration as config.toml has it."""
    return config.model_dump(mode="json", exclude_none=True)


def _shown(value: Any) -> str:
    return "nothing" if value is None else repr(value)


def _check_whole(present: Mapping[str, Any]) -> None:
    """Refuse a file that lost its end; what it was is not recorded in runs of older versions."""
    missing = [name for name in _FIRST_SECTIONS if name not in present]
    if missing:
        raise ConfigError(
            f"config.toml lacks [{'], ['.join(missing)}]; was it cut short? Restore it, then "
            "resume"
        )
