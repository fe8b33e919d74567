"""What a network costs: figures that follow from the network alone, known before any training."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from evoapproxnas.config import RunConfig
from evoapproxnas.multipliers import Multiplier, MultiplierChoice
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
    subject = Subject(network, library, exact, config.quantization.control_variate)
    figures = measure(subject, config, cost="cheap")
    figures["exact8_energy_nj"] = energy_nj(network, library, exact=exact)
    figures["depth"] = float(network.depth)
    return figures


def favourable(
    network: Network,
    library: Mapping[str, Multiplier],
    choices: Sequence[MultiplierChoice],
    *,
    exact: str,
) -> tuple[Network, Mapping[str, Multiplier]]:
    """Return a network and multipliers with which no figure is worse than under any assignment.

    All layers but the last, which keeps its own, have a multiplier of the least energy, delay and
    area that some choice has. It counts as the circuit of the last layer, as all layers of an
    assignment may share that one: then an array needs no other.

    Args:
        network: of the candidate.
        library: has the multipliers that it names.
        choices: what its layers may come to have.
        exact: name of the multiplier that the run compares with.
    """
    last = network.approx_layers[-1]
    least = min(choices, key=lambda choice: choice.multiplier.energy_pj or 0.0)
    circuits = [choice.multiplier for choice in choices]
    ideal = replace(
        least.multiplier,
        name="ideal",
        digest=MultiplierChoice.of(last.multiplier, library=library).multiplier.digest,
        delay_ns=min((c.delay_ns for c in circuits if c.delay_ns is not None), default=0.0),
        area_um2=min((c.area_um2 for c in circuits if c.area_um2 is not None), default=0.0),
    )
    names = {**dict.fromkeys(network.assignment, ideal.name), last.name: last.multiplier}
    own = last.multiplier.partition("@")[0]
    known = {name: library[name] for name in (own, exact)}
    return network.with_assignment(names), {**known, ideal.name: ideal}
