"""Counts as messages, pages and cards word them."""

from numbers import Integral


def several(count: float, noun: str) -> str:
    """Return a count with its noun, in the plural where there is not one.

    Args:
        count: how many there are; a fraction, such as half a pass, is one, too.
        noun: in the singular.
    """
    number = f"{count:,}" if isinstance(count, Integral) else f"{count:g}"
    return f"{number} {noun if count == 1 else _plural(noun)}"


def _plural(noun: str) -> str:
    if noun.endswith("y"):
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith("s") else "s")
