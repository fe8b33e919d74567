"""What can be an objective or a limit of a search over NAS-Bench-201."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import unknown_name
from evoapproxnas.hardware.energy import PICOJOULES, energy_pj
from evoapproxnas.hardware.hw_nas_bench import NasBench201, OriginalBench, costs_of
from evoapproxnas.hardware.hw_nas_bench.cells import EDGES, OPERATIONS, index_of
from evoapproxnas.hardware.hw_nas_bench.linear import operation_counts
from evoapproxnas.hardware.hw_nas_bench.skeleton import network_work
from evoapproxnas.multipliers import exact_multiplier
from evoapproxnas.problems.tabular.accuracy import FIDELITIES, Accuracies
from evoapproxnas.records import Figure

ERROR = Figure("error", "min", "share of images", "trained")

_CLASSES = {"cifar10": 10, "cifar100": 100, "ImageNet16-120": 120}
_CONVOLUTIONS = tuple(OPERATIONS.index(name) for name in ("nor_conv_1x1", "nor_conv_3x3"))
_FEATURES = 64
"""That the classifier reads."""


@dataclass(frozen=True, eq=False)
class Cheap:
    """A figure that needs no training, of all networks; `values` has the shape (15625,)."""

    figure: Figure
    values: npt.NDArray[np.float64]


def cheap_figures(
    table: NasBench201, dataset: str, original: OriginalBench | None = None
) -> dict[str, Cheap]:
    """Collect size, energy, training time and the costs on devices, by name; see `costs_of`.

    The energy is that of all multiplications with the exact 8-bit multiplier.
    """
    size = {
        "energy_nj": ("nJ / inference", multiplier_energy_nj(table, dataset)),
        "macs": ("operations", macs(table, dataset)),
        "parameters": ("weights", parameters(table, dataset)),
        "train_seconds": ("s", Accuracies(table, dataset).train_seconds(FIDELITIES[-1])),
    }
    known = costs_of(dataset, table=table, original=original)
    costs = {cost.figure: (cost.unit, cost.values) for cost in known.values()}
    return {
        name: Cheap(Figure(name, "min", unit, "cheap"), values)
        for name, (unit, values) in {**size, **costs}.items()
    }


def find_figure(name: str, cheap: Mapping[str, Cheap]) -> Figure:
    """Look a figure up.

    Raises:
        UnknownNameError: with the nearest names.
    """
    if name == ERROR.name:
        return ERROR
    if name not in cheap:
        raise unknown_name("objective", name, [ERROR.name, *cheap])
    return cheap[name].figure


def macs(table: NasBench201, dataset: str) -> npt.NDArray[np.float64]:
    """Multiply-accumulates of all networks.

    The table's are for CIFAR-10. Networks for other data sets differ in their classifier, and
    images of ImageNet16-120 have a quarter of the pixels.
    """
    body = table.flops - _classifier("cifar10")
    pixels = 0.25 if dataset == "ImageNet16-120" else 1.0
    return np.asarray(pixels * body + _classifier(dataset), np.float64)


def parameters(table: NasBench201, dataset: str) -> npt.NDArray[np.float64]:
    """Weights of all networks, likewise."""
    return np.asarray(table.params + _classifier(dataset) - _classifier("cifar10"), np.float64)


def multiplier_energy_nj(table: NasBench201, dataset: str) -> npt.NDArray[np.float64]:
    """Multiplier energy of all networks; it is linear in the operations that a cell has."""
    operations = [[0] * len(EDGES), *([op] + [0] * (len(EDGES) - 1) for op in _CONVOLUTIONS)]
    pj = energy_pj(exact_multiplier(signed=False))
    none, *each = (network_work(index_of(ops), dataset).total * pj for ops in operations)
    counts = operation_counts(table.ops)
    steps = zip(_CONVOLUTIONS, each, strict=True)
    total = none + sum((one - none) * counts[:, op] for op, one in steps)
    return np.asarray(total / PICOJOULES, np.float64)


def _classifier(dataset: str) -> int:
    """Weights of the classifier, offsets included; each is used once."""
    return (_FEATURES + 1) * _CLASSES[dataset]
