"""What one network costs: a query as in HW-NAS-Bench."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evoapproxnas.errors import UnknownNameError, unknown_name
from evoapproxnas.hardware.hw_nas_bench import cells
from evoapproxnas.hardware.hw_nas_bench.costs import Basis, Cost, costs_of
from evoapproxnas.hardware.hw_nas_bench.original import OriginalBench, load_original
from evoapproxnas.hardware.hw_nas_bench.table import NasBench201, find_table, load_table, not_found


@dataclass(frozen=True)
class NetworkCost:
    """A cost of one network.

    Attributes:
        name: device and quantity: `eyeriss_latency`.
        device: the device; of GPUs with the size of the batch.
        value: of one inference.
        unit: ms or mJ.
        basis: `measured` on the device; `estimated` by a model of it, by those who published the
            figure; `derived` here, from other published figures.
        source: whose figure it is, or follows from.
    """

    name: str
    device: str
    value: float
    unit: str
    basis: Basis
    source: str


@dataclass(frozen=True)
class Answer(Mapping[str, float]):
    """The costs of one network, by name, as numbers; `costs` says more of each.

    A name may have its unit (`eyeriss_latency_ms`), and that of a device alone (`raspi4`) is its
    latency.

    Attributes:
        index: number of the network in NAS-Bench-201.
        arch: its architecture string.
        dataset: that it classifies.
        costs: what is known.
    """

    index: int
    arch: str
    dataset: str
    costs: tuple[NetworkCost, ...]

    def __getitem__(self, name: str) -> float:
        """Return the value of a cost.

        Raises:
            UnknownNameError: with the names that there are.
        """
        return self.cost(name).value

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names."""
        return iter(cost.name for cost in self.costs)

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.costs)

    def __contains__(self, name: object) -> bool:
        """Whether there is a cost of that name."""
        return isinstance(name, str) and self._find(name) is not None

    def get(self, name: object, default: Any = None) -> Any:
        """Return the value of a cost, or the default if there is none of that name.

        Args:
            name: such as "eyeriss_latency".
            default: what is returned otherwise.
        """
        return self[str(name)] if name in self else default

    def cost(self, name: str) -> NetworkCost:
        """Return a cost with all that is known of it.

        Args:
            name: such as "eyeriss_latency".

        Raises:
            UnknownNameError: with the names that there are.
        """
        found = self._find(name)
        if found is None:
            raise unknown_name(f"cost on {self.dataset}", name, self)
        return found

    def _find(self, name: str) -> NetworkCost | None:
        for cost in self.costs:
            if name in (cost.name, f"{cost.name}_{cost.unit.lower()}"):
                return cost
        return next((c for c in self.costs if c.name == f"{name}_latency"), None)


def query(
    network: int | str,
    dataset: str = "cifar10",
    *,
    devices: Sequence[str] | None = None,
    data_dir: str | Path | None = None,
    table: NasBench201 | None = None,
    original: str | Path | OriginalBench | None = None,
) -> Answer:
    """Look up what a network of NAS-Bench-201 costs.

        query(0, "cifar10")["eyeriss_latency"]  # 3.64562 ms

    Eyeriss and the FPGA need no data; other devices need the table that `load_table` reads, or
    the file of HW-NAS-Bench.

    Args:
        network: its number, 0 .. 15624, or its architecture string.
        dataset: `cifar10`, `cifar100` or `ImageNet16-120`.
        devices: names; None: all that the data at hand hold.
        data_dir: folder with the table; None: that of EVOAPPROXNAS_DATA, or the Keras cache.
        table: what `load_table` read, instead.
        original: `HW-NAS-Bench-v1_0.pickle`, or what `load_original` made of it.

    Raises:
        UnknownNameError: for an unknown network, data set or device; it lists what is there.
        DatasetError: for a table or a pickle that cannot be used, or a folder without a table.
    """
    index = number_of(network)
    if original is not None and not isinstance(original, OriginalBench):
        original = load_original(Path(original))
    if table is None and (data_dir is not None or find_table() is not None):
        table = load_table(None if data_dir is None else Path(data_dir))
    known = costs_of(dataset, table=table, original=original)
    if devices is not None:
        wanted = [devices] if isinstance(devices, str) else devices
        known = _only(known, wanted, dataset, hint="" if table else f"; {not_found()}")
    costs = tuple(
        NetworkCost(c.name, c.device, float(c.values[index]), c.unit, c.basis, c.source)
        for c in known.values()
    )
    return Answer(index, cells.arch_string(index), dataset, costs)


def number_of(network: int | str) -> int:
    """Return the number of a network, given by it or by its architecture string.

    Raises:
        UnknownNameError: if there is no such network.
    """
    if isinstance(network, str):
        text = network.strip()
        if not text.removeprefix("-").isdecimal():
            return cells.index_of_string(text)
        network = int(text[:20])
    cells.ops_of(network)
    return int(network)


def _only(
    known: Mapping[str, Cost], wanted: Sequence[str], dataset: str, *, hint: str
) -> dict[str, Cost]:
    """Pick the costs of devices.

    Raises:
        UnknownNameError: for one that there is nothing of, with a hint where more may be.
    """
    there = dict.fromkeys(cost.device for cost in known.values())
    for device in wanted:
        if device not in there:
            raise UnknownNameError(
                f"nothing is known of device {device!r:.60} for {dataset}; devices: "
                f"{', '.join(there)}{hint}"
            )
    return {name: cost for name, cost in known.items() if cost.device in wanted}
