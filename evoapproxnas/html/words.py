"""Numbers and texts as HTML shows them."""

import math
import re
from html import escape

_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""Characters that no XML may hold, escaped or not."""


def escaped(text: object) -> str:
    """Return a text as HTML and XML may hold it, in elements and in attributes.

    Args:
        text: anything; its `str` counts.
    """
    return escape(_NO_XML.sub("?", str(text)))


def number(value: object) -> str:
    """Return a number with four digits as text, and a dash where there is none.

    Args:
        value: a number; a text stays as it is.
    """
    if value is None or isinstance(value, str):
        return value or "–"
    found = float(value)  # type: ignore[arg-type]
    if not math.isfinite(found):
        return "–"
    if abs(found) >= 1000:
        return f"{found:,.0f}"
    return f"{found:.0f}" if found == int(found) else f"{found:.4g}"
