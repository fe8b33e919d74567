"""Every cost that the data at hand hold of the networks of NAS-Bench-201, and how it is known."""

import functools
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import unknown_name
from evoapproxnas.hardware.hw_nas_bench.cells import canonical_cells
from evoapproxnas.hardware.hw_nas_bench.linear import (
    EYERISS_ENERGY_MJ,
    EYERISS_LATENCY_MS,
    FPGA_LATENCY_MS,
    FPGA_WATTS,
)
from evoapproxnas.hardware.hw_nas_bench.original import OriginalBench
from evoapproxnas.hardware.hw_nas_bench.table import NasBench201

DATASETS = ("cifar10", "cifar100", "ImageNet16-120")

Basis = Literal["measured", "estimated", "derived"]
"""measured: on the device; estimated: by a model of it, by those who published the figure;
derived: here, from other published figures."""

_HW_NAS_BENCH = "HW-NAS-Bench"
_HW_NAS_BENCH_360 = "HW-NAS-Bench-360"
_ESTIMATED = ("eyeriss", "fpga")
_OF_HW_NAS_BENCH = (*_ESTIMATED, "raspi4", "pixel3")


@dataclass(frozen=True, eq=False)
class Cost:
    """What all 15,625 networks cost on a device.

    Attributes:
        name: device and quantity, as HW-NAS-Bench calls them: `eyeriss_latency`.
        unit: ms or mJ, of one inference.
        basis: how it is known.
        source: whose figures they are, or follow from.
        values: by number of the network, shape (15625,).
    """

    name: str
    unit: str
    basis: Basis
    source: str
    values: npt.NDArray[np.float64]

    @property
    def device(self) -> str:
        """Name of the device; of GPUs with the size of the batch."""
        return self.name.rpartition("_")[0]

    @property
    def figure(self) -> str:
        """Name with its unit, as objectives are called: `eyeriss_latency_ms`."""
        return f"{self.name}_{self.unit.lower()}"


def costs_of(
    dataset: str, *, table: NasBench201 | None = None, original: OriginalBench | None = None
) -> dict[str, Cost]:
    """Collect the costs of the networks for a data set, by name.

    Args:
        dataset: one of `DATASETS`.
        table: holds latencies; None: only what follows from operation counts.
        original: the file of HW-NAS-Bench, whose figures take the place of others.

    Raises:
        UnknownNameError: for another data set.
    """
    check_dataset(dataset)
    found: list[Cost] = [*_linear(dataset)]
    if table is not None:
        known = {cost.name for cost in found}
        found += [cost for cost in _of_table(dataset, table) if cost.name not in known]
    if original is not None:
        found += _of_original(dataset, original)
    return {cost.name: cost for cost in found}


def check_dataset(name: str) -> None:
    """Refuse what is no data set of NAS-Bench-201.

    Raises:
        UnknownNameError: with those that are.
    """
    if name not in DATASETS:
        raise unknown_name("data set of NAS-Bench-201", name, DATASETS)


@functools.cache
def _linear(dataset: str) -> tuple[Cost, ...]:
    """Costs that follow from counting operations, once for all queries; values not writable."""
    ops = canonical_cells()
    energy = EYERISS_ENERGY_MJ[dataset].of(ops)
    found = [Cost("eyeriss_energy", "mJ", "derived", _HW_NAS_BENCH, energy)]
    if dataset == "cifar10":
        fpga = FPGA_LATENCY_MS.of(ops)
        eyeriss = EYERISS_LATENCY_MS.of(ops)
        found = [
            Cost("eyeriss_latency", "ms", "estimated", _HW_NAS_BENCH, eyeriss),
            *found,
            Cost("fpga_latency", "ms", "estimated", _HW_NAS_BENCH, fpga),
            Cost("fpga_energy", "mJ", "derived", _HW_NAS_BENCH, FPGA_WATTS * fpga),
        ]
    for cost in found:
        cost.values.flags.writeable = False
    return tuple(found)


def _of_table(dataset: str, table: NasBench201) -> list[Cost]:
    """Costs that the table holds: its `lat_` columns are of CIFAR-10, `hwnb360_` of CIFAR-100."""
    if dataset == "cifar10":
        return [
            Cost(
                f"{device}_latency",
                "ms",
                "measured",
                _HW_NAS_BENCH if device in _OF_HW_NAS_BENCH else "HELP",
                table.column(f"lat_{device}_ms"),
            )
            for device in table.devices
        ]
    if dataset == "cifar100":
        return [
            Cost(name, unit, "measured", _HW_NAS_BENCH_360, table.columns[column])
            for column in table.columns
            if column.startswith("hwnb360_")
            for name, unit in [_quantity(column.removeprefix("hwnb360_"))]
        ]
    return []


def _quantity(column: str) -> tuple[str, str]:
    """Name and unit of a column such as `pi5_onnx_lat_ms` or `pi5_onnx_energy_mj`."""
    name, _, unit = column.rpartition("_")
    device, _, quantity = name.rpartition("_")
    long = {"lat": "latency"}.get(quantity, quantity)
    return f"{device}_{long}", {"mj": "mJ"}.get(unit, unit)


def _of_original(dataset: str, original: OriginalBench) -> list[Cost]:
    found = []
    for name, values in original.figures[dataset].items():
        device, _, quantity = name.rpartition("_")
        basis: Basis = "estimated" if device in _ESTIMATED else "measured"
        unit = {"latency": "ms", "energy": "mJ"}[quantity]
        found.append(Cost(name, unit, basis, f"{_HW_NAS_BENCH}, {original.path}", values))
    return found
