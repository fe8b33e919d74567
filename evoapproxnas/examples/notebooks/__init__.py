"""Notebooks as Python files with cells; `evoapproxnas.examples` says how to open them."""
