"""What this package uses of Numba beyond its public names, in one place.

`private_apis` has the same of Keras and TensorFlow, which compiled code can do without. Numba
keeps code on the disk as long as the file of its function stays the same, and has no public way
to say what else it depends on (`Cache._cache_file._source_stamp`). Tested with Numba 0.68.
"""

from typing import Any

from numba.core.caching import FunctionCache
from numba.core.dispatcher import Dispatcher

__all__ = ["kept_only_with"]


def kept_only_with(compiled: Any, digest: bytes) -> bool:
    """Let the code that is kept of a function count only with a digest.

    Args:
        compiled: what `numba.njit` with `cache=True` returned.
        digest: of what the code depends on besides the file of its function.

    Returns:
        False if this Numba keeps code in another way, so that nothing was done.
    """
    if not isinstance(compiled, Dispatcher):
        return True  # NUMBA_DISABLE_JIT: nothing is compiled, nothing kept
    cache = getattr(compiled, "_cache", None)
    kept: Any = getattr(cache, "_cache_file", None)
    if not isinstance(cache, FunctionCache) or not hasattr(kept, "_source_stamp"):
        return False
    kept._source_stamp = (kept._source_stamp, digest)
    return True
