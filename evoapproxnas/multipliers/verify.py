"""Recompute everything a library says about its multipliers."""

import math
from dataclasses import fields

from evoapproxnas.errors import MultiplierError, NetlistError
from evoapproxnas.multipliers.catalog import CatalogEntry
from evoapproxnas.multipliers.library import Library

_TOLERANCE = 1e-5


def verify_multiplier(library: Library, name: str) -> tuple[str, ...]:
    """Compare table, digest, figures and cost of one multiplier with its catalog entry.

    Args:
        library: that has it.
        name: of the multiplier.

    Returns:
        What is wrong, in words; nothing if all agrees to the six digits of a catalog. The
        number of terms is compared where the catalog has one. What is generated is in no catalog;
        that its circuit can be built is all there is to verify.

    Raises:
        UnknownNameError: if there is no such multiplier.
    """
    entry = library.entry(name)
    try:
        multiplier = library[entry.name]
        if library.is_generated(name):
            return ()
        if not library.has_circuit(name):
            measured = CatalogEntry.of_table(
                entry.name,
                multiplier.table,
                signed=entry.signed,
                origin=entry.origin,
                power_uw=entry.power_uw,
                area_um2=entry.area_um2,
                delay_ns=entry.delay_ns,
            )
        else:
            measured = CatalogEntry.measure(
                entry.name,
                library.netlist(name),
                signed=entry.signed,
                origin=entry.origin,
                factorized=entry.terms is not None,
            )
    except (MultiplierError, NetlistError) as error:
        return (str(error),)
    return tuple(
        f"{field.name}: the catalog says {getattr(entry, field.name)}, measured "
        f"{getattr(measured, field.name)}"
        for field in fields(CatalogEntry)
        if not _agrees(getattr(entry, field.name), getattr(measured, field.name))
        and not (field.name == "terms" and entry.terms is None)
    )


def _agrees(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=_TOLERANCE, abs_tol=1e-12)
    return one == other
