"""Code that Numba keeps on the disk: it counts only as long as none of its sources changes.

Numba looks at the file of a function alone, not at those of the functions that it calls. It has no
public way to say more; what is used here is that of Numba 0.68, and where it is not there, nothing
is done.
"""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any


def sources_digest(folder: Path) -> bytes:
    """Return what tells the Python sources below a folder from others.

    Args:
        folder: such as that of all kernels.
    """
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        found.update(path.read_bytes())
    return found.digest()


def kept_for_sources(
    compiler: Callable[[Any], Any], folder: Path
) -> Callable[[Callable[..., Any]], Any]:
    """Return a compiler whose kept code is compiled anew after a change below a folder.

    Args:
        compiler: `numba.njit` with its options, `cache=True` among them.
        folder: of the function and of all that it calls.
    """
    digest = sources_digest(folder)

    def compiled(function: Callable[..., Any]) -> Any:
        made = compiler(function)
        kept = getattr(getattr(made, "_cache", None), "_cache_file", None)
        if kept is not None:  # None where nothing is compiled or kept
            kept._source_stamp = (kept._source_stamp, digest)
        return made

    return compiled
