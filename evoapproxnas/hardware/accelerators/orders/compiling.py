"""How the search is compiled: without the GIL, and kept on the disk.

Numba keeps each function by the text of its own file: after a change in one of these files, remove
the `*.nb?` of `__pycache__` before figures are compared.
"""

from numba import njit

entry = njit(nogil=True, cache=True)
"""Compiles a function that Python calls."""
maker = njit(nogil=True, cache=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)
"""Compiles a function that makes arrays, and that only compiled ones call, in less time."""
inner = njit(
    nogil=True,
    cache=True,
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
