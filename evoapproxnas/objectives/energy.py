"""Multiplier energy of one inference, absolute and relative to the exact 8-bit multiplier.

`relative_energy` divides by the energy of the same network with one exact multiplier everywhere,
that of the run's weight scheme, so 1.0 means exact 8-bit. See `hardware.energy`.
"""

from collections.abc import Mapping

from evoapproxnas.hardware.energy import multiplier_energy_nj, uniform_price, with_control_variates
from evoapproxnas.hardware.network_layers import network_workload
from evoapproxnas.multipliers import Multiplier, MultiplierChoice
from evoapproxnas.networks import Network
from evoapproxnas.objectives.base import Objective, Subject


def energy_nj(
    network: Network,
    library: Mapping[str, Multiplier],
    *,
    exact: str | None = None,
    control_variate: bool = False,
) -> float:
    """Multiplier energy of one inference, nJ.

    Args:
        network: its approximate layers name multipliers, with operand widths or without.
        library: multipliers by name.
        exact: name of a multiplier to take in every layer instead.
        control_variate: whether layers have one; see `hardware.energy`.

    Raises:
        MultiplierError: if a multiplier's power is unknown.
    """
    names = network.assignment
    if exact is not None:
        names = dict.fromkeys(names, exact)
    chosen = {path: MultiplierChoice.of(name, library=library) for path, name in names.items()}
    workload = network_workload(network)
    price = with_control_variates(uniform_price, workload) if control_variate else uniform_price
    return multiplier_energy_nj(workload, chosen, price=price)


def relative_energy(
    network: Network,
    library: Mapping[str, Multiplier],
    *,
    exact: str = "exact8",
    control_variate: bool = False,
) -> float:
    """Multiplier energy over that of the same network with an exact multiplier everywhere."""
    absolute = energy_nj(network, library, control_variate=control_variate)
    return absolute / energy_nj(network, library, exact=exact)


def _absolute(subject: Subject) -> float:
    return energy_nj(subject.network, subject.library, control_variate=subject.control_variate)


def _relative(subject: Subject) -> float:
    return relative_energy(
        subject.network,
        subject.library,
        exact=subject.exact,
        control_variate=subject.control_variate,
    )


ENERGY_NJ = Objective("energy_nj", "min", "nJ / inference", "cheap", _absolute)
RELATIVE_ENERGY = Objective("relative_energy", "min", "exact 8-bit = 1", "cheap", _relative)
