"""How the loops are compiled: without the GIL, kept on disk, not in silence, and for what CPU."""

import logging
from pathlib import Path
from time import perf_counter
from typing import Any

from numba import config
from numba.core import event

from evoapproxnas.compiled_code import kept_for_sources
from evoapproxnas.emulation.kernels.host.cpu import numba_target

_log = logging.getLogger("evoapproxnas.compiling")

config.CPU_FEATURES = numba_target() or config.CPU_FEATURES


_KERNELS = Path(__file__).parents[1]

entry = kept_for_sources(_KERNELS, nogil=True)
"""Compiles a function that Python calls."""
inner = kept_for_sources(_KERNELS, nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""Compiles a function that only compiled ones call: the code that unpacks Python's arguments
would take a fifth of the time."""


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
