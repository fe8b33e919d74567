"""Docstrings of public names are complete: what can be checked mechanically is.

`source` finds what is public, in the text of the package; `telling` says what a docstring tells.
"""
