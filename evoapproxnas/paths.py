"""Paths as people give them."""

import os
from pathlib import Path
from typing import Any

from evoapproxnas.errors import ConfigError, EvoApproxNASError


def as_path(value: Any, *, of: str, error: type[EvoApproxNASError] = ConfigError) -> Path:
    """Return a path.

    Args:
        value: what was given.
        of: what it should be the path of, for the message.
        error: the class to raise.

    Raises:
        EvoApproxNASError: of that class, if it is neither text nor a path.
    """
    if not isinstance(value, str | os.PathLike):
        raise error(f"expected the path of {of}, got {value!r:.60}")
    return Path(value)


def expanded(path: str | os.PathLike[str]) -> Path:
    """Return a path with the home that `~` means; without such a home it names no file.

    `Path.expanduser` raises RuntimeError there.
    """
    return Path(os.path.expanduser(path))
