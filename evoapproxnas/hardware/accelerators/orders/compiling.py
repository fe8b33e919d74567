"""How the search is compiled: without the GIL, and kept on the disk.

Sizes that are divided by are never 0, so no check for that is compiled: it would keep Numba from
leaving out what it counts, who refers to each array, which takes longer than all that is computed.

Numba keeps each function by the text of its own file: after a change in one of these files, remove
the `*.nb?` of `__pycache__` before figures are compared.
"""

from numba import njit

entry = njit(nogil=True, cache=True, error_model="numpy")
"""Compiles a function that Python calls."""
inner = njit(
    nogil=True,
    cache=True,
    error_model="numpy",
    no_cpython_wrapper=True,
    no_cfunc_wrapper=True,
)
"""Compiles a function that only compiled ones call, in less time."""
inlined = njit(nogil=True, error_model="numpy", inline="always")
"""Puts a function into those that call it."""
