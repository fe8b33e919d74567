"""What a network costs: figures that follow from the network alone, known before any training."""

from collections.abc import Mapping

from evoapproxnas.config import RunConfig
from evoapproxnas.multipliers import Multiplier
from evoapproxnas.networks import Network
from evoapproxnas.objectives import Subject, measure
from evoapproxnas.objectives.energy import energy_nj


def price(
    network: Network, library: Mapping[str, Multiplier], config: RunConfig
) -> dict[str, float]:
    """Compute the cheap objectives that a run asks for, and what they are compared with.

    Returns:
        The objectives, `exact8_energy_nj` of the same network with the exact 8-bit multiplier
        everywhere, and `depth`.

    Raises:
        MultiplierError: if the power of a multiplier is unknown.
    """
    exact = config.quantization.exact_multiplier
    figures = measure(Subject(network, library, exact), config, cost="cheap")
    figures["exact8_energy_nj"] = energy_nj(network, library, exact=exact)
    figures["depth"] = float(network.depth)
    return figures
