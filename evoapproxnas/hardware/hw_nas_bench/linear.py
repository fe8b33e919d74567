"""Costs on Eyeriss and on an FPGA by counting operations: 16 constants stand for 60,000 figures.

In HW-NAS-Bench (Li et al., ICLR 2021) what these two devices take for a network of NAS-Bench-201
is exactly linear in how many of its edges have which operation. `none` and `skip_connect` cost
nothing; operations whose result is never used cost as much as others.

The latencies reproduce all 15,625 published values. The energy of Eyeriss was solved from three
published samples of each data set and reproduces the published minimum and maximum.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evoapproxnas.hardware.hw_nas_bench.cells import OPERATIONS, Codes

FPGA_WATTS = 7.0
"""The energy of the FPGA is its latency times this, in all 15 published samples."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class LinearCost:
    """A cost of `constant`, and so much more for every operation of a kind."""

    constant: float
    nor_conv_1x1: float
    nor_conv_3x3: float
    avg_pool_3x3: float

    def of(self, ops: Codes) -> Floats:
        """Return the cost of cells.

        Args:
            ops: codes of their operations, shape (n, 6).

        Returns:
            Shape (n,), in the unit of the constants.
        """
        counts = operation_counts(ops)
        return self.constant + sum(
            getattr(self, name) * counts[:, OPERATIONS.index(name)]
            for name in ("nor_conv_1x1", "nor_conv_3x3", "avg_pool_3x3")
        )


EYERISS_LATENCY_MS = LinearCost(1.67954, 0.24576, 1.47456, 1.47456)
FPGA_LATENCY_MS = LinearCost(1.13296, 0.5152, 1.2576, 0.4096)
"""Both for CIFAR-10."""

_CIFAR10_MJ = LinearCost(0.3469645085, 0.031247728, 0.31321224, 0.2778228)
_CIFAR100_MORE_MJ = 0.0001378575
"""Its classifier has 90 more classes."""

EYERISS_ENERGY_MJ = {
    "cifar10": _CIFAR10_MJ,
    "cifar100": LinearCost(
        _CIFAR10_MJ.constant + _CIFAR100_MORE_MJ,
        _CIFAR10_MJ.nor_conv_1x1,
        _CIFAR10_MJ.nor_conv_3x3,
        _CIFAR10_MJ.avg_pool_3x3,
    ),
    "ImageNet16-120": LinearCost(0.08940838, 0.00808258, 0.080044792, 0.071197432),
}


def operation_counts(ops: Codes) -> npt.NDArray[np.int64]:
    """Count the operations of cells by kind.

    Args:
        ops: codes of their operations, shape (n, 6).

    Returns:
        Shape (n, 5), columns in the order of `cells.OPERATIONS`.
    """
    return np.stack([(ops == code).sum(axis=1) for code in range(len(OPERATIONS))], axis=1)
