"""How the search is compiled: without the GIL, and kept until a file that goes into it changes."""

from pathlib import Path

from evoapproxnas.cgp import compiled as operators
from evoapproxnas.circuits import cgp_form
from evoapproxnas.compiled_code import kept_for_sources

compiled = kept_for_sources(
    Path(__file__).parent, Path(operators.__file__), Path(cgp_form.__file__), nogil=True
)
"""Compiles a function: with the operators that it calls, and the numbers of functions."""
