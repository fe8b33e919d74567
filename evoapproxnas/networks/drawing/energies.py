"""What the multipliers of a network take, for the colours of its drawing."""

from collections.abc import Iterable

from evoapproxnas.multipliers import Library, load_library, multiplier_name, relative_power


def relative_energies(names: Iterable[str]) -> dict[str, float | None]:
    """Look multipliers up in the bundled library and the user's own.

    Args:
        names: of multipliers, with operand widths or without.

    Returns:
        Energy of one multiplication by name, exact 8-bit is 1; None where it is not known.

    Raises:
        MultiplierError: if a catalog cannot be read.
    """
    library = load_library()
    return {name: _relative(multiplier_name(name), library) for name in dict.fromkeys(names)}


def _relative(name: str, library: Library) -> float | None:
    return relative_power(library, name).share if name in library else None
