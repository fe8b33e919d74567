"""What the multiplications of one inference take.

E = sum over approximate layers of (multiplications x energy of one), DESIGN section 3: the
*multiplier energy*. System energy, with memory and data movement, is another figure.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from evoapproxnas.errors import MultiplierError
from evoapproxnas.hardware.workload import LayerWork, Workload
from evoapproxnas.multipliers import (
    LayerChoice,
    Multiplier,
    MultiplierChoice,
    exact_multiplier,
    layer_choice,
)

Price = Callable[[str, MultiplierChoice], float]
"""Energy of one multiplication in pJ, by path of the layer."""

Assignment = Mapping[str, Multiplier | LayerChoice]
"""What layers multiply with, by path."""

PICOJOULES = 1000.0
"""In a nanojoule."""


def uniform_price(path: str, choice: MultiplierChoice) -> float:
    """Return the published energy of one multiplication in pJ, whatever the layer.

    Raises:
        MultiplierError: if it is unknown.
    """
    return energy_pj(choice.multiplier)


def energy_pj(multiplier: Multiplier) -> float:
    """Return the published energy of one multiplication in pJ.

    Raises:
        MultiplierError: if it is unknown.
    """
    if multiplier.energy_pj is None:
        raise MultiplierError(
            f"multiplier {multiplier.name!r} has no power figure, so its energy is unknown; give "
            "power_uw when making it, import it as a circuit, or leave it out"
        )
    return multiplier.energy_pj


def with_control_variates(price: Price, workload: Workload) -> Price:
    """Return a price that includes a layer's control variate, shared out to its multiplications.

    Each output takes one coefficient of a byte times the sum of its window's activation codes: as
    many exact 8-bit multiplications as the largest sum has bytes. Exact layers have no errors to
    correct. The sums, which all channels share, are additions, and no multiplier energy.

    Args:
        price: of one multiplication.
        workload: whose layers are priced.
    """
    added = dict.fromkeys(workload.multiplications, 0)
    for layer in workload.layers:
        added[layer.path] += _variate_multiplications(layer)

    def priced(path: str, choice: MultiplierChoice) -> float:
        energy = price(path, choice)
        if choice.is_exact:
            return energy
        exact = exact_multiplier(signed=choice.multiplier.signed)
        return energy + energy_pj(exact) * added[path] / workload.multiplications[path]

    return priced


def _variate_multiplications(layer: LayerWork) -> int:
    largest = 255 * math.prod(layer.weight_shape[:3])
    return layer.times * math.prod(layer.output_shape) * -(-largest.bit_length() // 8)


@dataclass(frozen=True, kw_only=True)
class MultiplierEnergy:
    """The multiplier energy of one inference, beside that of the same network in exact 8-bit.

    Attributes:
        energy_nj: under the assignment.
        exact_nj: with the exact 8-bit multiplier of the same signedness in these layers.
        mmac_equivalents: how many exact 8-bit multiplications, in millions, take as much.
    """

    energy_nj: float
    exact_nj: float
    mmac_equivalents: float

    @property
    def relative(self) -> float:
        """Exact 8-bit is 1."""
        return self.energy_nj / self.exact_nj


def multiplier_energy_nj(
    workload: Workload,
    assignment: Assignment,
    *,
    price: Price = uniform_price,
) -> float:
    """Return the multiplier energy of one inference in nJ.

    Args:
        workload: of a `Network` or a Keras model.
        assignment: by path of the layer, a separable one by its own path or those of its halves;
            layers it does not name are not approximate and take nothing from a multiplier.
        price: of one multiplication.

    Raises:
        MultiplierError: if the energy of a multiplier is unknown, or a layer is not in the work.
    """
    total = 0.0
    for path, given in assignment.items():
        choice, parts = layer_choice(given), workload.parts(path)
        if not parts:
            raise MultiplierError(
                f"layer {path!r} is not in the workload, so its multiplications are unknown; "
                f"there are {', '.join(workload.multiplications) or 'none'}"
            )
        total += sum(
            count * share * price(part, each)
            for part, count in parts.items()
            for each, share in choice.portions
        )
    return total / PICOJOULES


def multiplier_energy(workload: Workload, assignment: Assignment) -> MultiplierEnergy:
    """Return the multiplier energy under an assignment in all its forms.

    Args:
        workload: as for `multiplier_energy_nj`.
        assignment: likewise; at least one layer.

    Raises:
        MultiplierError: as for `multiplier_energy_nj`.
    """
    exact = exact_assignment(assignment)
    energy = multiplier_energy_nj(workload, assignment)
    return MultiplierEnergy(
        energy_nj=energy,
        exact_nj=multiplier_energy_nj(workload, exact),
        mmac_equivalents=mmac_equivalents(energy),
    )


def exact_assignment(assignment: Assignment) -> dict[str, Multiplier]:
    """Return the exact 8-bit multiplier of the same signedness for each layer."""
    signed = {p: layer_choice(c).signed for p, c in assignment.items()}
    exact = {kind: exact_multiplier(signed=kind) for kind in set(signed.values())}
    return {path: exact[kind] for path, kind in signed.items()}


def mmac_equivalents(energy_nj: float, *, signed: bool = False) -> float:
    """Return how many exact 8-bit multiplications, in millions, take this energy.

    Args:
        energy_nj: multiplier energy.
        signed: compare with the exact signed multiplier; networks are compared by the unsigned.
    """
    return energy_nj * PICOJOULES / energy_pj(exact_multiplier(signed=signed)) / 1e6
