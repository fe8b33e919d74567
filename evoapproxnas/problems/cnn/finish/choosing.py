"""Which assignments of a trained network are fine-tuned, and what they are compared with."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from evoapproxnas.multipliers import MultiplierChoice, parse_widths
from evoapproxnas.networks import Network
from evoapproxnas.problems.cnn.finish.records import Assigned, Found


@dataclass(frozen=True)
class Chosen:
    """A network with an assignment that is to be fine-tuned.

    Attributes:
        label: tells it from others of its member.
        kind: see `records.Tuned`.
        network: with the assignment.
    """

    label: str
    kind: str
    network: Network


def chosen_points(
    network: Network,
    assigned: Assigned,
    *,
    count: int,
    max_loss_points: float,
    baselines: Sequence[Chosen] = (),
) -> list[Chosen]:
    """Choose assignments of a front, spread evenly over the logarithm of energy.

    What takes as much as exact 8-bit, or loses too much, is left out. A label is the number of an
    assignment on the front, so that asking for more of them changes none.

    Args:
        network: that was trained.
        assigned: its front.
        count: at most.
        max_loss_points: below exact 8-bit, on validation images, before fine-tuning.
        baselines: what is fine-tuned anyway, and therefore left out.
    """
    known = [baseline.network.assignment for baseline in baselines]
    usable = [
        (number, found)
        for number, found in usable_points(assigned, max_loss_points=max_loss_points)
        if network.with_assignment(found.assignment).assignment not in known
    ]
    spread = _spread([found for _, found in usable], count)
    return [
        Chosen(f"f{number}", "approximate", network.with_assignment(found.assignment))
        for position, (number, found) in enumerate(usable)
        if position in spread
    ]


def usable_points(assigned: Assigned, *, max_loss_points: float) -> list[tuple[int, Found]]:
    """Return the assignments that are worth fine-tuning, by their number on the front from 1.

    Args:
        assigned: the front of a network.
        max_loss_points: see `chosen_points`.
    """
    least = assigned.val_exact8_accuracy - max_loss_points / 100
    return [
        (number, found)
        for number, found in enumerate(assigned.front, start=1)
        if found.relative_energy < 1 and found.val_accuracy >= least
    ]


def _spread(front: Sequence[Found], count: int) -> set[int]:
    """Positions of so many assignments, those nearest to even steps of the logarithmic energy."""
    if len(front) <= count:
        return set(range(len(front)))
    energies = np.log([found.energy_nj for found in front])
    ends = energies.max(), energies.min()
    steps = np.linspace(*ends, count) if count > 1 else np.array([np.mean(ends)])
    chosen: list[int] = []
    for step in steps:
        distance = np.abs(energies - step)
        distance[chosen] = np.inf
        chosen.append(int(distance.argmin()))
    return set(chosen)


def exact_baselines(network: Network, bits: Sequence[int | str], *, signed: bool) -> list[Chosen]:
    """Give all convolutions of a network exact multipliers of fewer bits; the head stays.

    Args:
        network: that was trained.
        bits: operand widths, as `parse_widths` reads them.
        signed: of the multipliers.

    Raises:
        MultiplierError: for widths that are none.
    """
    found = []
    for activation, weight in map(parse_widths, bits):
        choice = MultiplierChoice.exact(
            signed=signed, activation_bits=activation, weight_bits=weight
        )
        *convolutions, _ = network.approx_layers
        exact = {layer.name: choice.name for layer in convolutions}
        label = f"a{activation}w{weight}"
        found.append(Chosen(label, f"exact {label}", network.with_assignment(exact)))
    return found
