"""What people hand to public functions, checked where it comes in."""

from typing import Any

import numpy as np

from evoapproxnas.errors import ConfigError


def check_function(**functions: Any) -> None:
    """Check what is called later; None is not called.

    Raises:
        ConfigError: if one of them is no function.
    """
    for name, function in functions.items():
        if function is not None and not callable(function):
            raise ConfigError(f"{name} must be a function or None, got {function!r:.60}")


def check_count(name: str, count: Any, *, least: int = 1) -> None:
    """Check how many of something are asked for.

    Raises:
        ConfigError: if it is no integer, or below `least`.
    """
    if not is_whole(count) or count < least:
        kind = "a positive integer" if least == 1 else f"an integer of at least {least}"
        raise ConfigError(f"{name} must be {kind}, got {count!r:.60}")


def check_amount(name: str, amount: Any) -> None:
    """Check a number that may be a fraction.

    Raises:
        ConfigError: if it is no number from 0 on.
    """
    number = is_whole(amount) or isinstance(amount, float | np.floating)
    if not number or not 0 <= amount < np.inf:
        raise ConfigError(f"{name} must be a number that is not negative, got {amount!r:.60}")


def is_whole(value: Any) -> bool:
    """Return whether it is an integer, of Python or NumPy, and no truth value."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)
