"""Few multipliers that stand for a library: spread along the front of power against error.

The error is `layer_mse`, what a layer keeps of it, under the operands of a trained network. This
module needs no TensorFlow: whoever distributes work can choose once and hand on names.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from evoapproxnas.circuits import OperandDistribution, load_operands
from evoapproxnas.circuits.operands import relu_activations, symmetric_codes
from evoapproxnas.errors import ConfigError
from evoapproxnas.multipliers import Library, Multiplier, MultiplierChoice
from evoapproxnas.multipliers.evolution.layer_error import layer_mse
from evoapproxnas.multipliers.library import bundled_folder
from evoapproxnas.pareto import Points, hypervolume, non_dominated
from evoapproxnas.quantization import Quantization
from evoapproxnas.resilience.choices import (
    Wanted,
    check_powers,
    choose_multipliers,
    distinct,
    narrow_choices,
)

NEGLIGIBLE = 0.1
"""Of the error that 8-bit codes have anyway: less is no better."""
HOPELESS = 0.1
"""Of the error of a multiplier that always gives 0: more is never chosen."""


def spread_choices(
    wanted: Sequence[Wanted],
    *,
    circuits: int,
    bits: Sequence[int | str] = (),
    quantization: Quantization | None = None,
    library: Library | None = None,
) -> tuple[MultiplierChoice, ...]:
    """Return what layers choose from by falling power: some of those wanted, and exact ones.

    The tables of all that are wanted are computed: 0.9 s for the 165 unsigned ones of the bundled
    library, once in a process. The texts of the choices can be handed to other processes.

    Args:
        wanted: names or patterns, as `space.multipliers` has them; of both kinds the unsigned
            ones are taken unless the quantization asks for the others.
        circuits: how many of these at most, exact multipliers not counted.
        bits: exact multipliers of such operand widths are choices, too: 6, or "a6w4".
        quantization: of the layers; None is the default.
        library: None is the bundled one with the user's own.

    Raises:
        ConfigError: if nothing is wanted, nothing of the signedness, or less than no circuit.
        UnknownNameError: for a name or pattern that matches nothing.
        MultiplierError: for one without power, or widths that none reads.
    """
    if isinstance(circuits, bool) or not isinstance(circuits, int) or circuits < 0:
        raise ConfigError(f"circuits must be an integer of at least 0, got {circuits!r}")
    quantization = quantization or Quantization()
    found = choose_multipliers(
        wanted, signed=quantization.signed, widths=quantization.widths, library=library
    )
    signed = all(choice.multiplier.signed for choice in found)
    found = tuple(choice for choice in found if choice.multiplier.signed == signed)
    check_powers(found)
    exact = [MultiplierChoice.exact(signed=signed), *narrow_choices(bits, signed=signed)]
    keys = {choice.key for choice in exact}
    operands = _typical_operands(quantization.scheme(signed=signed))
    others = [choice for choice in found if choice.key not in keys]
    return distinct([*exact, *_spread(others, exact[0].multiplier, operands, circuits)])


def _spread(
    choices: Sequence[MultiplierChoice],
    exact: Multiplier,
    operands: OperandDistribution,
    count: int,
) -> list[MultiplierChoice]:
    """Return the choices that together cover most of the plane of logarithmic power and error."""
    signed = exact.signed
    nothing = np.zeros_like(exact.table)
    worst = HOPELESS * layer_mse(nothing, signed=signed, operands=operands)
    least = NEGLIGIBLE * _rounding_error(operands, signed=signed)
    errors = [_error(choice, operands) for choice in choices]
    powers = [choice.multiplier.power_uw or 0.0 for choice in choices]
    points = np.log(np.column_stack([powers, np.maximum(errors, least)]).reshape(-1, 2).clip(1e-9))
    reference = np.log([exact.power_uw or 1.0, worst])
    promising = np.flatnonzero((points < reference).all(axis=1))
    promising = promising[non_dominated(points[promising])]
    _, first = np.unique(points[promising], axis=0, return_index=True)
    promising = promising[np.sort(first)]
    return [choices[i] for i in promising[_covering(points[promising], reference, count)]]


def _covering(points: Points, reference: Points, count: int) -> list[int]:
    """Return the positions of so many points of a front that cover most, one after another."""
    chosen: list[int] = []
    while len(chosen) < min(count, len(points)):
        left = [i for i in range(len(points)) if i not in chosen]
        covered = [hypervolume(points[[*chosen, i]], reference) for i in left]
        chosen.append(left[int(np.argmax(covered))])
    return chosen


def _error(choice: MultiplierChoice, operands: OperandDistribution) -> float:
    """Return what a layer keeps of the errors of a multiplier, in steps of 8-bit products."""
    multiplier = choice.multiplier
    if choice.widths == (8, 8):
        return layer_mse(multiplier.table, signed=multiplier.signed, operands=operands)
    top = 127 if multiplier.signed else 255
    patterns, steps = [], 1.0
    values = np.arange(256) - 256 * (multiplier.signed & (np.arange(256) > 127))
    for bits in choice.widths:
        step = top / (2 ** (bits - multiplier.signed) - 1)
        patterns.append(np.round(values / step).astype(np.intp) & 255)
        steps *= step
    table = np.round(multiplier.table[np.ix_(*patterns)] * steps).astype(np.int32)
    return layer_mse(table, signed=multiplier.signed, operands=operands)


def _rounding_error(operands: OperandDistribution, *, signed: bool) -> float:
    """Return the mean squared error of a product by the rounding of both operands to codes."""
    values = np.arange(256.0) - 256 * (signed & (np.arange(256) > 127))
    return float((operands.activations + operands.weights) @ values**2) / 12


@cache
def _typical_operands(scheme: str) -> OperandDistribution:
    """Return what the convolutions of a trained network multiply, with ReLU before them."""
    if scheme == "symmetric":
        return OperandDistribution(relu_activations(sigma=24.0), symmetric_codes())
    measured = load_operands(bundled_folder() / "operands" / "resnet8.npz", signed=False)
    if scheme == "sign_magnitude":
        return measured
    around_zero_point: npt.NDArray[np.float64] = np.roll(symmetric_codes(), 128)
    return OperandDistribution(measured.activations, around_zero_point)
