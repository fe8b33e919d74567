"""What the analytic model is compared with, and on which layers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from evoapproxnas.hardware import Workload, network_workload
from evoapproxnas.hardware.accelerators import Accelerator, LayerCost, Shape
from evoapproxnas.hardware.zigzag import recorded_layers
from evoapproxnas.hardware.zigzag.recorded import ACCELERATOR
from evoapproxnas.networks.zoo import zoo_network

NETWORK = "resnet8"


@dataclass(frozen=True)
class Figures:
    """What a reference says of a layer.

    Attributes:
        energy_pj: of all memories.
        cycles: of the layer.
    """

    energy_pj: float
    cycles: float


class Reference(Protocol):
    """Another source of figures; `None` for what it does not know.

    Attributes:
        name: of the source.
    """

    name: str

    def figures(self, shape: Shape, accelerator: Accelerator) -> Figures | None:
        """Return what it says of a layer on an accelerator.

        Args:
            shape: of the layer.
            accelerator: that it runs on.
        """


class Recorded:
    """What ZigZag said once: 34 shapes on one accelerator."""

    name = "ZigZag 3.9.1, recorded"

    def __init__(self) -> None:
        """Read the record."""
        self._figures = {
            layer.shape: Figures(layer.memory_pj, layer.cycles) for layer in recorded_layers()
        }

    def figures(self, shape: Shape, accelerator: Accelerator) -> Figures | None:
        """Return the record, if there is one."""
        return self._figures.get(shape) if accelerator.name == ACCELERATOR else None


class Zigzag:
    """What ZigZag says now."""

    def __init__(self, version: str, costs: Mapping[tuple[Shape, Accelerator], LayerCost]) -> None:
        """Take what it found.

        Args:
            version: of ZigZag.
            costs: by layer and accelerator.
        """
        self.name = f"ZigZag {version}"
        self._costs = costs

    def figures(self, shape: Shape, accelerator: Accelerator) -> Figures | None:
        """Return its figures of a layer, unless it has none."""
        cost = self._costs.get((shape, accelerator))
        return None if cost is None else Figures(cost.energy_pj, cost.cycles)


def bench_workload() -> Workload:
    """Return the work of the network, on CIFAR images."""
    return network_workload(zoo_network(NETWORK, (32, 32, 3), 10))


def bench_layers() -> dict[str, Shape]:
    """Return the layers that are compared one by one, by what they are."""
    return {layer.name: layer.shape for layer in recorded_layers()}


def bench_pairs(accelerators: Sequence[Accelerator]) -> list[tuple[Shape, Accelerator]]:
    """Return all layers on all accelerators, those of the network included, each once.

    Args:
        accelerators: on each of which all layers are compared.
    """
    shapes = [*bench_layers().values(), *map(Shape.of, bench_workload().layers)]
    return list(dict.fromkeys((shape, a) for a in accelerators for shape in shapes))
