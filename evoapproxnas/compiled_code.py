"""Code that Numba keeps on the disk: it counts only as long as none of its sources changes.

Numba looks at the file of a function alone, not at those of the functions that it calls.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from numba import njit

from evoapproxnas.private_numba import kept_only_with


def sources_digest(*places: Path) -> bytes:
    """Return what tells Python sources from others.

    Args:
        places: files, and folders such as that of all kernels, with all that is below.
    """
    found = hashlib.sha256()
    for place in places:
        for path in [place] if place.is_file() else sorted(place.rglob("*.py")):
            found.update(path.read_bytes())
    return found.digest()


def kept_for_sources(*places: Path, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """Return a compiler whose kept code is compiled anew after a change of some sources.

    Where Numba cannot be told of them, nothing is kept: code must not outlive what it was made of.

    Args:
        *places: of the function and of all that it calls, see `sources_digest`.
        **options: of `numba.njit`.
    """
    digest = sources_digest(*places)

    def compiled(function: Callable[..., Any]) -> Any:
        made = njit(cache=True, **options)(function)
        return made if kept_only_with(made, digest) else njit(**options)(function)

    return compiled
