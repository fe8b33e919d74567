"""Multipliers: tables with an identity, error figures and cost, and the libraries they are in.

    circuits.Netlist -> product table -> Multiplier (digest, error figures, power, energy)
    load_library() -> Library: catalog.csv + netlists/ -> Multiplier by name, on demand;
                      the bundled one and the user's own
    MultiplierChoice: a multiplier with the widths of the codes it is fed; NAME@a6w4
    FilterGroups: several in one layer, a group of output channels each; NAME+NAME
    read_multiplier: .bin, .npy, Python, Verilog, BLIF -> table, netlist, what was assumed
    import_multiplier, export_multiplier: the same into a library, and out of it; C as well
    generate_multiplier: circuits.generators -> catalog entry and netlist; add_multiplier keeps it
    relative_power(library, name): against an exact circuit; refer: of the same source
    factorize(table) -> Factorization: the same products as few ordinary multiplications
    factorize_bytes(table) -> ByteFactorization: the same in multiplications of bytes

`making` makes bundled circuits again, and found them; nothing else here needs it.
"""

from evoapproxnas.multipliers.adding import add_multiplier
from evoapproxnas.multipliers.byte_terms import ByteFactorization, digits, factorize_bytes
from evoapproxnas.multipliers.catalog import CatalogEntry, read_catalog, write_catalog
from evoapproxnas.multipliers.choice import (
    MultiplierChoice,
    exact_multiplier,
    match_choices,
    multiplier_name,
    own_widths,
    parse_widths,
)
from evoapproxnas.multipliers.error_metrics import (
    ErrorFigures,
    ErrorProfile,
    error_figures,
    error_map,
    error_profile,
    exact_table,
    operand_values,
)
from evoapproxnas.multipliers.exporting import export_circuit, export_multiplier
from evoapproxnas.multipliers.factorize import Factorization, factorize
from evoapproxnas.multipliers.filter_groups import (
    Channels,
    FilterGroups,
    LayerChoice,
    channels_text,
    checked_channels,
    divided_channels,
    grouped,
    groups_key,
    is_grouped,
    label_of,
    layer_choice,
    named_groups,
    possible_groups,
)
from evoapproxnas.multipliers.generating import generate_multiplier
from evoapproxnas.multipliers.importing import import_multiplier
from evoapproxnas.multipliers.library import (
    ALIASES,
    Library,
    load_library,
    narrow_exact,
    resolve,
)
from evoapproxnas.multipliers.multiplier import CLOCK_MHZ, Multiplier, digest
from evoapproxnas.multipliers.reading import (
    ImportNotice,
    NetlistOptions,
    ReadMultiplier,
    read_multiplier,
    read_table,
)
from evoapproxnas.multipliers.references import RelativePower, refer, relative_power
from evoapproxnas.multipliers.user_library import use_library, user_folder
from evoapproxnas.multipliers.verify import verify_multiplier

__all__ = [
    "ByteFactorization",
    "ALIASES",
    "CLOCK_MHZ",
    "CatalogEntry",
    "Channels",
    "ErrorFigures",
    "ErrorProfile",
    "ImportNotice",
    "Factorization",
    "FilterGroups",
    "LayerChoice",
    "Library",
    "Multiplier",
    "MultiplierChoice",
    "RelativePower",
    "NetlistOptions",
    "ReadMultiplier",
    "add_multiplier",
    "channels_text",
    "checked_channels",
    "digest",
    "divided_channels",
    "error_figures",
    "error_map",
    "error_profile",
    "exact_multiplier",
    "exact_table",
    "export_circuit",
    "export_multiplier",
    "generate_multiplier",
    "grouped",
    "groups_key",
    "import_multiplier",
    "is_grouped",
    "label_of",
    "layer_choice",
    "digits",
    "factorize",
    "factorize_bytes",
    "load_library",
    "match_choices",
    "multiplier_name",
    "named_groups",
    "narrow_exact",
    "operand_values",
    "own_widths",
    "parse_widths",
    "possible_groups",
    "read_catalog",
    "refer",
    "relative_power",
    "read_multiplier",
    "read_table",
    "resolve",
    "use_library",
    "user_folder",
    "verify_multiplier",
    "write_catalog",
]
