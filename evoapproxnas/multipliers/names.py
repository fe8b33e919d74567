"""What a multiplier of a library may be called: its name is that of a file and of a module."""

import re

from evoapproxnas.errors import MultiplierError

LABEL = r"[A-Za-z_][A-Za-z0-9_-]{0,99}"
"""A name, as a regular expression."""


def check_name(name: str) -> str:
    """Return a name that files, Verilog, BLIF and C all take.

    Raises:
        MultiplierError: if it is anything else, such as a path.
    """
    if not re.fullmatch(LABEL, name):
        shown = name if len(name) <= 60 else f"{name[:60]}..."
        raise MultiplierError(
            "a name starts with a letter and goes on with letters, digits, _ and -, 100 in all, "
            f"got {shown!r}; give another with --name"
        )
    return name
