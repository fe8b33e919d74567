"""Multiplier energy of one inference, absolute and relative to the exact 8-bit multiplier.

E = sum over approximate layers of (multiplications x energy per multiplication), DESIGN
section 3. `relative_energy` divides by E of the same network with one exact multiplier
everywhere, that of the run's weight scheme, so 1.0 means exact 8-bit.
"""

from collections.abc import Mapping

from evoapproxnas.errors import MultiplierError
from evoapproxnas.multipliers import Multiplier
from evoapproxnas.networks import Network
from evoapproxnas.objectives.base import Objective, Subject


def energy_nj(
    network: Network, library: Mapping[str, Multiplier], *, exact: str | None = None
) -> float:
    """Multiplier energy of one inference, nJ.

    Args:
        network: its approximate layers name multipliers.
        library: multipliers by name.
        exact: name of a multiplier to take in every layer instead.

    Raises:
        MultiplierError: if a multiplier's power is unknown.
    """
    picojoules = 0.0
    for layer in network.approx_layers:
        multiplier = library[exact or layer.multiplier]
        picojoules += layer.multiplications * _energy_pj(multiplier)
    return picojoules / 1000.0


def relative_energy(
    network: Network, library: Mapping[str, Multiplier], *, exact: str = "exact8"
) -> float:
    """Multiplier energy over that of the same network with an exact multiplier everywhere."""
    return energy_nj(network, library) / energy_nj(network, library, exact=exact)


def _energy_pj(multiplier: Multiplier) -> float:
    if multiplier.energy_pj is None:
        raise MultiplierError(
            f"multiplier {multiplier.name!r} has no power figure, so its energy is unknown; give "
            "power_uw when making it, or leave it out of space.multipliers"
        )
    return multiplier.energy_pj


def _absolute(subject: Subject) -> float:
    return energy_nj(subject.network, subject.library)


def _relative(subject: Subject) -> float:
    return relative_energy(subject.network, subject.library, exact=subject.exact)


ENERGY_NJ = Objective("energy_nj", "min", "nJ / inference", "cheap", _absolute)
RELATIVE_ENERGY = Objective("relative_energy", "min", "exact 8-bit = 1", "cheap", _relative)
