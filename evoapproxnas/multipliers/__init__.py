"""Multipliers: tables with an identity, error figures and cost, and the libraries they are in.

    circuits.Netlist -> product table -> Multiplier (digest, error figures, power, energy)
    load_library() -> Library: catalog.csv + netlists/ -> Multiplier by name, on demand;
                      the bundled one and the user's own
    import_multiplier, export_multiplier: .bin, .npy, Python, Verilog, BLIF, C
    factorize(table) -> Factorization: the same products as few ordinary multiplications

`python -m evoapproxnas.multipliers.bundle FOLDER NAME` makes bundled circuits again.
"""

from evoapproxnas.multipliers.catalog import CatalogEntry, read_catalog, write_catalog
from evoapproxnas.multipliers.error_metrics import (
    ErrorFigures,
    ErrorProfile,
    error_figures,
    error_profile,
    exact_table,
    operand_values,
)
from evoapproxnas.multipliers.exporting import export_multiplier
from evoapproxnas.multipliers.factorize import Factorization, factorize
from evoapproxnas.multipliers.importing import import_multiplier
from evoapproxnas.multipliers.library import ALIASES, Library, load_library, resolve
from evoapproxnas.multipliers.multiplier import CLOCK_MHZ, Multiplier, digest
from evoapproxnas.multipliers.user_library import user_folder
from evoapproxnas.multipliers.verify import verify_multiplier

__all__ = [
    "ALIASES",
    "CLOCK_MHZ",
    "CatalogEntry",
    "ErrorFigures",
    "ErrorProfile",
    "Factorization",
    "Library",
    "Multiplier",
    "digest",
    "error_figures",
    "error_profile",
    "exact_table",
    "export_multiplier",
    "import_multiplier",
    "factorize",
    "load_library",
    "operand_values",
    "read_catalog",
    "resolve",
    "user_folder",
    "verify_multiplier",
    "write_catalog",
]
