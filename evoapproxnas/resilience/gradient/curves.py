"""What an error of a given size is worth: the energy of the cheapest circuit that makes it.

Errors are variances at the output of a layer, relative to the variance of what it gives without
them, and their natural logarithms are what is learned.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

SMALLEST, LARGEST = float(np.log(1e-6)), float(np.log(4.0))
"""Between these noise is learned: rounding to 8 bits alone makes more than the smallest."""
_SLACK = 0.1
"""Of a logarithm: learned values tremble around the circuits that they come to rest at."""


@dataclass(frozen=True, eq=False)
class EnergyCurve:
    """The energy of a layer by the error that it may have: falling, convex, linear in pieces.

    Attributes:
        logarithms: of errors, rising from `SMALLEST`, (n,).
        energies: there, falling, (n,).
    """

    logarithms: Values
    energies: Values

    @classmethod
    def of(cls, errors: Values, energies: Values) -> Self:
        """Return the lower convex hull of circuits.

        Args:
            errors: of each circuit, (n,); 0 for exact ones, which there must be.
            energies: of the layer with it, (n,).
        """
        logarithms = np.log(np.maximum(errors, np.exp(SMALLEST)))
        order = np.lexsort((energies, logarithms))
        order = order[(logarithms[order] <= LARGEST) & _falling(energies[order])]
        kept: list[int] = []
        for new in order.tolist():
            while len(kept) > 1 and not _convex(logarithms, energies, kept[-2], kept[-1], new):
                kept.pop()
            kept.append(new)
        return cls(logarithms[kept], energies[kept])

    def energy(self, logarithm: float) -> float:
        """Return the energy at an error."""
        return float(np.interp(logarithm, self.logarithms, self.energies))

    def slope(self, logarithm: float) -> float:
        """Return by how much the energy grows with the logarithm of the error: 0 or less."""
        if logarithm >= self.logarithms[-1]:
            return 0.0
        right = max(int(np.searchsorted(self.logarithms, logarithm, side="right")), 1)
        left = right - 1
        rise = self.energies[right] - self.energies[left]
        return float(rise / (self.logarithms[right] - self.logarithms[left]))


def cheapest(
    logarithms: Values, errors: Values, energies: Values, layers: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Return for each layer the cheapest circuit whose errors are as small as they have to be.

    Args:
        logarithms: of the error that each part of a layer may have, (parts,).
        errors: of the parts with each circuit, (parts, circuits); a circuit without errors is
            one of them.
        energies: of the layers with each circuit, (layers, circuits).
        layers: which layer each part is of, (parts,).

    Returns:
        Positions of circuits, (layers,).
    """
    too_large = errors > np.exp(logarithms + _SLACK)[:, None]
    refused = np.zeros(energies.shape, bool)
    np.logical_or.at(refused, layers, too_large)
    return np.where(refused, np.inf, energies).argmin(axis=1)


def _falling(energies: Values) -> npt.NDArray[np.bool_]:
    """Mark what is cheaper than all before it."""
    before = np.minimum.accumulate(np.concatenate([[np.inf], energies[:-1]]))
    return energies < before


def _convex(x: Values, y: Values, first: int, middle: int, last: int) -> bool:
    """Return whether the middle one of three points is below the line through the others."""
    fall, whole = y[middle] - y[first], y[last] - y[first]
    return bool(fall * (x[last] - x[first]) < whole * (x[middle] - x[first]))
