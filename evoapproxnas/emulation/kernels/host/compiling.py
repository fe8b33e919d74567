"""How the loops are compiled: without the GIL, kept on disk, not in silence, and for what CPU."""

import hashlib
import logging
from pathlib import Path
from time import perf_counter
from typing import Any

from numba import config, njit
from numba.core import event

from evoapproxnas.emulation.kernels.host.cpu import numba_target

_log = logging.getLogger("evoapproxnas.compiling")

config.CPU_FEATURES = numba_target() or config.CPU_FEATURES


def sources_digest(folder: Path) -> bytes:
    """Return what tells the Python sources below a folder from others.

    Args:
        folder: such as that of all kernels.
    """
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        found.update(path.read_bytes())
    return found.digest()


_SOURCES = sources_digest(Path(__file__).parents[1])


def entry(function: Any) -> Any:
    """Compile a function that Python calls."""
    return _of_these_sources(njit(nogil=True, cache=True)(function))


def inner(function: Any) -> Any:
    """Compile a function that only compiled ones call.

    The code that unpacks Python's arguments would take a fifth of the time.
    """
    options = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    return _of_these_sources(njit(nogil=True, cache=True, **options)(function))


def _of_these_sources(compiled: Any) -> Any:
    """Make kept code count only as long as no kernel's source changes.

    Numba looks at the file of the function alone, not at those of functions that it calls.
    """
    kept = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if kept is not None:  # None where nothing is compiled or kept
        kept._source_stamp = (kept._source_stamp, _SOURCES)
    return compiled


class _Reporter(event.Listener):
    """Says what is compiled, and how long that took; functions called from there are part of it.

    Numba compiles under a lock: one function after the other.
    """

    def __init__(self) -> None:
        self._begun: list[float] = []

    def on_start(self, event: Any) -> None:
        if not self._begun and _is_ours(event):
            function = event.data["dispatcher"].py_func
            name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
            _log.info("compiling %s for this processor, once; it is kept for later runs", name)
        self._begun.append(perf_counter())

    def on_end(self, event: Any) -> None:
        seconds = perf_counter() - self._begun.pop()
        if not self._begun and _is_ours(event):
            _log.info("compiled in %.1f s", seconds)


def _is_ours(compilation: Any) -> bool:
    function = getattr(compilation.data["dispatcher"], "py_func", None)
    return getattr(function, "__module__", "").startswith("evoapproxnas.")


event.register("numba:compile", _Reporter())
