"""The latency of networks on a new device, from a few measurements and from other devices.

Latency is a sum of three parts, each a Gaussian process with a linear kernel: one in what other
devices take for the network, one in counts of its operations, one in counts of those whose result
is used. Hypotheses say which part explains the device, and how much noise there is; each is
weighted by the likelihood of the measurements (Bayesian model averaging; Hoeting et al., 1999).
So a device that is exactly a sum of operations stays one, and one that is noisy leans on others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from evoapproxnas.errors import MeasurementError
from evoapproxnas.hardware.devices.counts import (
    Floats,
    cells_of,
    count_operations,
    listed,
    used_operations,
)
from evoapproxnas.hardware.devices.measurements import checked_milliseconds
from evoapproxnas.hardware.hw_nas_bench.cells import (
    OPERATIONS,
    Codes,
    canonical_cells,
    index_of,
)

_NOISE = (1e-10, 1e-6, 1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2)
"""Variance of a measurement, relative to that of the part that explains the device."""

_NEVER_ZERO = 1e-12
_SMALLEST = 1e-9
"""Relative to the largest singular value: below it are terms that depend on others."""

_DIGITS = 5
"""Of the largest latency: finer differences are those of the least noise above."""


@dataclass(frozen=True, eq=False)
class KnownDevices:
    """What other devices take for every cell of NAS-Bench-201, freed of their noise.

        known = KnownDevices.learn(cells, milliseconds)   # of several devices
        known.predict(reference_networks(), ten_milliseconds)

    Attributes:
        relative: latency relative to the device's mean, shape (15625, devices).
    """

    relative: Floats

    @classmethod
    def learn(cls, networks: Sequence[int] | Codes, milliseconds: Sequence[Floats]) -> Self:
        """Learn from measurements of many networks on each of several devices.

        Of a device is kept what follows from which operation is on which edge of the cell, and
        whether its result is used; the rest is mostly noise of the measurement.

        Args:
            networks: that were measured on all devices; some hundreds will do.
            milliseconds: for each device, latency of each network.

        Returns:
            What predicts the latency of any network on a further device.

        Raises:
            MeasurementError: without a device, or for fewer networks than there are terms.
            UnknownNameError: for an unknown cell.
        """
        if not len(milliseconds):
            raise MeasurementError("expected measurements of other devices, got none")
        networks = listed(networks)
        measured = [checked_milliseconds(each, len(networks)) for each in milliseconds]
        terms = _edge_terms(cells_of(networks))
        needed = int(np.linalg.matrix_rank(_edge_terms(canonical_cells())))
        if np.linalg.matrix_rank(terms) < needed:
            raise MeasurementError(
                f"{len(networks)} networks say too little about other devices: at least {needed} "
                "are needed, with every operation on every edge; measure some hundreds at random"
            )
        relative = np.stack([each / each.mean() for each in measured], axis=1)
        weights = np.linalg.lstsq(terms, relative, rcond=_SMALLEST)[0]
        return cls(_edge_terms(canonical_cells()) @ weights)

    def predict(
        self, networks: Sequence[int | str] | Codes, milliseconds: Sequence[float] | Floats
    ) -> Floats:
        """Predict the latency of all cells on a device from a few measurements.

        Args:
            networks: cells that were measured on it, such as `reference_networks()`.
            milliseconds: latency of each.

        Returns:
            In ms, by number of the cell, shape (15625,); not negative.

        Raises:
            MeasurementError: for latencies that are none.
            UnknownNameError: for an unknown cell.
        """
        networks = listed(networks)
        latency = checked_milliseconds(milliseconds, len(networks))
        rows = [index_of(ops) for ops in cells_of(networks)]
        scale = float(latency.mean())
        parts = self._parts()
        weights = averaged_weights([part[rows] for part in parts], latency / scale)
        predicted = np.zeros(len(self.relative))
        for part, weight in zip(parts, weights, strict=True):
            predicted += part @ weight
        exponent = _DIGITS - 1 - int(np.floor(np.log10(latency.max())))
        return np.maximum(np.round(predicted * scale, exponent), 0.0)

    def _parts(self) -> tuple[Floats, ...]:
        """Terms of each part, scaled to a mean square of one; shapes (15625, terms)."""
        cells = canonical_cells()
        parts = (
            self.relative,
            count_operations(cells, prune="none").terms,
            count_operations(cells, prune="unused").terms,
        )
        return tuple(part / np.sqrt((part**2).sum(axis=1).mean()) for part in parts)


def averaged_weights(parts: Sequence[Floats], latency: Floats) -> list[Floats]:
    """Weigh the terms of each part by how well it explains measurements.

    Args:
        parts: terms of the measured networks, each of shape (measurements, terms of the part) and
            scaled to a mean square of about one.
        latency: measured, relative to the mean.

    Returns:
        Of each part shape (terms,); the latency of any network is the sum of all its terms.
    """
    log_evidence, solved = _hypotheses([part @ part.T for part in parts], latency)
    weight = np.exp(log_evidence - log_evidence.max())
    weight /= weight.sum()
    found = []
    for number, part in enumerate(parts):
        of_part = slice(number * len(_NOISE), (number + 1) * len(_NOISE))
        found.append(part.T @ (weight[of_part] @ solved[of_part]))
    return found


def _hypotheses(kernels: Sequence[Floats], latency: Floats) -> tuple[Floats, Floats]:
    """Weigh every part with every noise.

    Args:
        kernels: of each part among the measurements, shape (measurements, measurements).
        latency: measured, relative to the mean.

    Returns:
        Log of the likelihood with the best scale, shape (hypotheses,); and the inverse covariance
        times the latencies, shape (hypotheses, measurements).
    """
    log_evidence, solved = [], []
    for kernel in kernels:
        for noise in _NOISE:
            covariance = kernel + (noise + _NEVER_ZERO) * np.eye(len(latency))
            solution = np.linalg.solve(covariance, latency)
            misfit = max(float(latency @ solution), _NEVER_ZERO) / len(latency)
            log_determinant = np.linalg.slogdet(covariance)[1]
            log_evidence.append(-0.5 * (len(latency) * np.log(misfit) + log_determinant))
            solved.append(solution)
    return np.array(log_evidence), np.array(solved)


def _edge_terms(ops: Codes) -> Floats:
    """A constant and a mark for each operation on each edge, and for each whose result is used."""
    marks = np.stack([ops == code for code in range(1, len(OPERATIONS))], axis=2)
    used = marks & used_operations(ops)[:, :, None]
    flat = [each.reshape(len(ops), -1) for each in (marks, used)]
    return np.column_stack([np.ones(len(ops)), used.any(axis=(1, 2)), *flat]).astype(np.float64)
