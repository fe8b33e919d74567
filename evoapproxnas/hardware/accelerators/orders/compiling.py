"""How the search is compiled: without the GIL, and kept on the disk until a file here changes."""

from pathlib import Path

from numba import njit

from evoapproxnas.compiled_code import kept_for_sources

_HERE = Path(__file__).parent

entry = kept_for_sources(_HERE, nogil=True)
"""Compiles a function that Python calls."""
maker = kept_for_sources(_HERE, nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""Compiles a function that makes arrays, and that only compiled ones call, in less time."""
inner = kept_for_sources(
    _HERE,
    nogil=True,
    error_model="numpy",
    no_cpython_wrapper=True,
    no_cfunc_wrapper=True,
    _nrt=False,
)
"""Compiles likewise a function that makes no arrays. Who refers to those that it gets is not
counted (`_nrt`), which takes longer than what these functions do; that sizes they divide by are
not 0 is not checked (`error_model`)."""
inlined = njit(nogil=True, inline="always")
"""Puts a function of a few operations into those that call it."""
