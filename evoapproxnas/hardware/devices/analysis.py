"""Whether simple figures, and other devices, say which networks are fast on a device.

After Li et al., "HW-NAS-Bench" (ICLR 2021), for all costs of the table that a user brings.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from evoapproxnas.hardware.devices.ranks import ranked
from evoapproxnas.hardware.hw_nas_bench import NasBench201, costs_of
from evoapproxnas.pareto import hypervolume, non_dominated, reference_point

Floats = npt.NDArray[np.float64]

_TEST_ACCURACY = {
    "cifar10": "c10_test200",
    "cifar100": "c100_test200",
    "ImageNet16-120": "in16_test200",
}


@dataclass(frozen=True)
class SimpleFigure:
    """How well FLOPs and parameters order networks by a cost.

    Attributes:
        cost: its name, as of `costs_of`.
        flops_spearman: rank correlation with FLOPs.
        flops_kendall: likewise, Kendall's tau-b, which HW-NAS-Bench reports.
        params_spearman: with parameters.
        params_kendall: likewise.
    """

    cost: str
    flops_spearman: float
    flops_kendall: float
    params_spearman: float
    params_kendall: float


@dataclass(frozen=True, eq=False)
class DeviceAnalysis:
    """What the costs of NAS-Bench-201 have to do with each other.

    Attributes:
        dataset: that networks classify.
        costs: names; rows and columns below.
        figures: FLOPs and parameters against each cost.
        spearman: rank correlation between costs, shape (costs, costs).
        lost: share of the true hypervolume of test error and the cost of the column that the
            front of test error and the cost of the row lacks, shape (costs, costs).
        front_sizes: networks on the front of each cost.
    """

    dataset: str
    costs: tuple[str, ...]
    figures: tuple[SimpleFigure, ...]
    spearman: Floats
    lost: Floats
    front_sizes: tuple[int, ...]


def analyse_devices(bench: NasBench201, dataset: str = "cifar10") -> DeviceAnalysis:
    """Compare all costs of the networks that classify a data set.

    Args:
        bench: the table.
        dataset: cifar10, cifar100 or ImageNet16-120.

    Returns:
        How well costs agree in the order of networks.

    Raises:
        UnknownNameError: for another data set.
    """
    costs = {name: cost.values for name, cost in costs_of(dataset, table=bench).items()}
    error = 100 - bench.column(_TEST_ACCURACY[dataset])
    ranks = np.stack([ranked(values) for values in costs.values()])
    lost, sizes = _front_losses(error, costs)
    return DeviceAnalysis(
        dataset=dataset,
        costs=tuple(costs),
        figures=tuple(_simple_figure(bench, name, values) for name, values in costs.items()),
        spearman=ranks @ ranks.T,
        lost=lost,
        front_sizes=sizes,
    )


def _simple_figure(bench: NasBench201, name: str, values: Floats) -> SimpleFigure:
    rank = ranked(values)
    return SimpleFigure(
        cost=name,
        flops_spearman=float(rank @ ranked(bench.flops)),
        flops_kendall=_kendall(bench.flops, values),
        params_spearman=float(rank @ ranked(bench.params)),
        params_kendall=_kendall(bench.params, values),
    )


def _kendall(one: npt.ArrayLike, other: npt.ArrayLike) -> float:
    figures = pd.DataFrame({"one": np.asarray(one), "other": np.asarray(other)})
    return float(figures["one"].corr(figures["other"], method="kendall"))


def _front_losses(error: Floats, costs: Mapping[str, Floats]) -> tuple[Floats, tuple[int, ...]]:
    """Price the front of each cost by every other cost.

    Volumes are bounded a tenth of the range beyond the worst network.
    """
    planes = [np.column_stack([error, values]) for values in costs.values()]
    fronts = [np.flatnonzero(non_dominated(plane)) for plane in planes]
    lost = np.zeros((len(planes), len(planes)))
    for column, plane in enumerate(planes):
        reference = reference_point(plane)
        whole = hypervolume(plane[fronts[column]], reference)
        for row, front in enumerate(fronts):
            lost[row, column] = 1 - hypervolume(plane[front], reference) / whole
    return lost, tuple(len(front) for front in fronts)
