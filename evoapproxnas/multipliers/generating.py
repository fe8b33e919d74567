"""Generated multipliers with their figures; the generators are in `circuits.generators`."""

from collections.abc import Mapping

from evoapproxnas.circuits import Netlist
from evoapproxnas.multipliers.catalog import CatalogEntry
from evoapproxnas.multipliers.names import check_name


def generate_multiplier(
    family: str,
    options: Mapping[str, object],
    *,
    signed: bool = False,
    name: str | None = None,
) -> tuple[CatalogEntry, Netlist]:
    """Generate a multiplier; `add_multiplier(*generated)` puts it into a library.

    Args:
        family: a key of `circuits.generators.FAMILIES`, such as "drum".
        options: of the family, such as {"segment": 4}.
        signed: two's complement.
        name: a label; by default family and options, such as mul8u_drum_k4.

    Raises:
        UnknownNameError: if there is no such family, option or choice.
        NetlistError: if an option is missing or out of range.
        MultiplierError: if the label is no name of a multiplier.
    """
    from evoapproxnas.circuits import generators

    found = generators.family(family)
    if name is not None:
        check_name(name)
    netlist = found.generate(options, signed=signed)
    label = name or found.label(options, signed=signed)
    said = ", ".join(f"{option} {value}" for option, value in options.items())
    origin = f"generated: {family}{f', {said}' if said else ''}"
    return CatalogEntry.measure(label, netlist, signed=signed, origin=origin), netlist
