"""Multipliers: tables with an identity, error figures and cost, and the libraries they are in.

    circuits.Netlist -> product table -> Multiplier (digest, error figures, power, energy)
    load_library() -> Library: catalog.csv + netlists/ -> Multiplier by name, on demand
    factorize(table) -> Factorization: the same products as few ordinary multiplications

`python -m evoapproxnas.multipliers.bundle` regenerates the bundled library.
"""

from evoapproxnas.multipliers.catalog import CatalogEntry, read_catalog, write_catalog
from evoapproxnas.multipliers.error_metrics import (
    ErrorFigures,
    error_figures,
    exact_table,
    operand_values,
)
from evoapproxnas.multipliers.factorize import Factorization, factorize
from evoapproxnas.multipliers.library import ALIASES, Library, load_library, resolve
from evoapproxnas.multipliers.multiplier import CLOCK_MHZ, Multiplier, digest

__all__ = [
    "ALIASES",
    "CLOCK_MHZ",
    "CatalogEntry",
    "ErrorFigures",
    "Factorization",
    "Library",
    "Multiplier",
    "digest",
    "error_figures",
    "exact_table",
    "factorize",
    "load_library",
    "operand_values",
    "read_catalog",
    "resolve",
    "write_catalog",
]
