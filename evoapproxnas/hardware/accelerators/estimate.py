"""System energy, latency, area and memory of a network with its multipliers on an accelerator.

Memory, data movement and accumulators are priced per layer shape and cached; multipliers add
their own energy, and the slowest of them may lower the clock. The multiplier energy that searches
minimize is stated beside it: it is a part of the system energy, never mixed with it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import ConfigError, MultiplierError
from evoapproxnas.hardware.accelerators.description import Accelerator, Level
from evoapproxnas.hardware.accelerators.layer_cost import (
    LayerCost,
    layer_cost,
    shape_costs,
)
from evoapproxnas.hardware.accelerators.loops import Shape
from evoapproxnas.hardware.energy import PICOJOULES, Assignment, energy_pj
from evoapproxnas.hardware.workload import LayerWork, Workload
from evoapproxnas.multipliers import (
    FilterGroups,
    Multiplier,
    MultiplierChoice,
    exact_multiplier,
)

_UM2_PER_MM2 = 1e6
_CYCLES_PER_MS = 1000.0
"""At 1 MHz."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class DataCost:
    """What the data of a network cost on an accelerator, whatever multiplies.

    Attributes:
        layers: of the workload, in its order.
        costs: of one pass through each layer.
        energy_nj: of memories and accumulators.
        cycles: of all layers, one after the other.
        accelerator: what they are for.
    """

    layers: tuple[LayerWork, ...]
    costs: tuple[LayerCost, ...]
    energy_nj: float
    cycles: float
    accelerator: Accelerator


Pricing = Callable[[Shape, Accelerator], LayerCost]
"""What gives the cost of a layer's data: the analytic model, or another program."""


def data_cost(
    workload: Workload, accelerator: Accelerator, *, price: Pricing = layer_cost
) -> DataCost:
    """Price the data of all layers.

    Args:
        workload: of a network.
        accelerator: what it runs on.
        price: what gives the cost of a layer.

    Returns:
        Energy of memories and accumulators, and cycles.

    Raises:
        ConfigError: if the workload has layers that are not covered: none is free. Likewise if it
            has none at all, or a layer does not fit the memories.
    """
    _check_covered(workload)
    return _data_cost(workload.layers, accelerator, price)


def _check_covered(workload: Workload) -> None:
    if workload.not_covered:
        raise ConfigError(
            "the accelerator model covers convolutions and dense layers, not "
            f"{', '.join(workload.not_covered[:10])}; these would be missing in every figure"
        )
    if not workload.layers:
        raise ConfigError(
            "the accelerator model covers convolutions and dense layers, and this network has "
            "none: nothing to price"
        )


@lru_cache(maxsize=16384)
def _data_cost(
    layers: tuple[LayerWork, ...], accelerator: Accelerator, price: Pricing
) -> DataCost:
    costs = tuple(price(Shape.of(layer), accelerator) for layer in layers)
    memories = sum(layer.times * cost.energy_pj for layer, cost in zip(layers, costs, strict=True))
    sums = sum(layer.multiplications for layer in layers) * accelerator.accumulator_pj
    return DataCost(
        layers,
        costs,
        (memories + sums) / PICOJOULES,
        sum(layer.times * cost.cycles for layer, cost in zip(layers, costs, strict=True)),
        accelerator,
    )


@dataclass(frozen=True)
class LayerSystem:
    """A layer of a network on an accelerator, energies in nJ for all that it does.

    Attributes:
        work: what it does.
        cost: of its data.
        multiplier: what it multiplies with.
        multiplier_nj: of its multiplications.
        exact_nj: of the same with the exact 8-bit multiplier.
        accumulator_nj: of adding products.
        memory_nj: by kind of memory.
        cycles: that it takes.
    """

    work: LayerWork
    cost: LayerCost
    multiplier: Multiplier
    multiplier_nj: float
    exact_nj: float
    accumulator_nj: float
    memory_nj: dict[Level, float]
    cycles: float

    @property
    def energy_nj(self) -> float:
        """Of the system, for this layer."""
        return self.multiplier_nj + self.accumulator_nj + sum(self.memory_nj.values())


@dataclass(frozen=True)
class SystemCost:
    """A network with its multipliers on an accelerator, per inference.

    Attributes:
        data: what its data cost.
        multipliers: of every layer, in the order of the workload; exact where none was named.
    """

    data: DataCost
    multipliers: tuple[Multiplier, ...]

    @cached_property
    def multiplier_nj(self) -> float:
        """Energy of all multiplications, those in exact layers included."""
        pairs = zip(self.data.layers, self.multipliers, strict=True)
        return sum(work.multiplications * energy_pj(m) for work, m in pairs) / PICOJOULES

    @cached_property
    def exact_multiplier_nj(self) -> float:
        """The same with the exact 8-bit multiplier everywhere."""
        pairs = zip(self.data.layers, self.multipliers, strict=True)
        return sum(w.multiplications * _exact_pj(m.signed) for w, m in pairs) / PICOJOULES

    @property
    def energy_nj(self) -> float:
        """System energy: multipliers, accumulators and memories."""
        return self.data.energy_nj + self.multiplier_nj

    @property
    def exact_energy_nj(self) -> float:
        """System energy with the exact 8-bit multiplier everywhere."""
        return self.data.energy_nj + self.exact_multiplier_nj

    @property
    def multiplier_share(self) -> float:
        """What share of the exact system's energy an approximate multiplier can touch, 0..1."""
        return self.exact_multiplier_nj / self.exact_energy_nj

    @property
    def clock_mhz(self) -> float:
        """Of the array, or of the slowest multiplier if that is less.

        Raises:
            MultiplierError: if a delay is unknown.
        """
        slowest = max(_known(m, "delay_ns") for m in self.multipliers)
        array = self.data.accelerator.clock_mhz
        return array if slowest == 0 else min(array, 1000.0 / slowest)

    @property
    def latency_ms(self) -> float:
        """Of one inference, layer after layer."""
        return self.data.cycles / (self.clock_mhz * _CYCLES_PER_MS)

    @property
    def edp(self) -> float:
        """Energy-delay product in nJ ms."""
        return self.energy_nj * self.latency_ms

    @property
    def area_mm2(self) -> float:
        """Area of the array with its circuits, accumulators and of the memories on the chip.

        An array that runs all layers has each circuit that some layer multiplies with in every
        processing element.

        Raises:
            MultiplierError: if the area of a multiplier is unknown.
        """
        circuits = {m.digest: _known(m, "area_um2") for m in self.multipliers}
        return area_mm2(self.data.accelerator, sum(circuits.values()))

    @cached_property
    def layers(self) -> tuple[LayerSystem, ...]:
        """Layer by layer."""
        each = zip(self.data.layers, self.data.costs, self.multipliers, strict=True)
        return tuple(self._layer(*parts) for parts in each)

    def _layer(self, work: LayerWork, cost: LayerCost, multiplier: Multiplier) -> LayerSystem:
        count = work.multiplications / PICOJOULES
        times = work.times / PICOJOULES
        return LayerSystem(
            work=work,
            cost=cost,
            multiplier=multiplier,
            multiplier_nj=count * energy_pj(multiplier),
            exact_nj=count * _exact_pj(multiplier.signed),
            accumulator_nj=count * self.data.accelerator.accumulator_pj,
            memory_nj={level: times * pj for level, pj in cost.by_level().items()},
            cycles=work.times * cost.cycles,
        )


def system_cost(
    workload: Workload,
    assignment: Assignment,
    accelerator: Accelerator,
    *,
    price: Pricing = layer_cost,
) -> SystemCost:
    """Estimate a network on an accelerator.

    Args:
        workload: of a `Network` or a Keras model.
        assignment: what layers multiply with, by path; the others are exact in 8 bits.
        accelerator: what it runs on.
        price: what gives the cost of a layer's data.

    Raises:
        ConfigError: if a layer is not covered, or does not fit.
        MultiplierError: if a layer is not in the workload.
    """
    given: dict[str, Multiplier] = {}
    for path, choice in assignment.items():
        parts = workload.parts(path)
        if not parts:
            raise MultiplierError(
                f"layer {path!r} is not in the workload; there are "
                f"{', '.join(workload.multiplications) or 'none'}"
            )
        if isinstance(choice, FilterGroups):
            raise ConfigError(
                f"layer {path!r} has several multipliers, {choice.label}, and accelerators are "
                "described for one in each layer; give it one"
            )
        given |= dict.fromkeys(parts, MultiplierChoice.of(choice).multiplier)
    signed = next(iter(given.values())).signed if given else False
    exact = exact_multiplier(signed=signed)
    multipliers = tuple(given.get(layer.path, exact) for layer in workload.layers)
    return SystemCost(data_cost(workload, accelerator, price=price), multipliers)


def area_mm2(accelerator: Accelerator, circuits_um2: float) -> float:
    """Return the area of a chip whose elements have circuits of this area to multiply with."""
    private = sum(m.area_um2 for m in accelerator.memories if m.per_element)
    shared = sum(m.area_um2 for m in accelerator.memories if not m.per_element)
    element = circuits_um2 + accelerator.accumulator_um2 + private
    return (accelerator.elements * element + shared) / _UM2_PER_MM2


def price_all(
    workloads: Sequence[Workload],
    multiplier_nj: Floats,
    delay_ns: Floats,
    network: npt.NDArray[np.int64],
    accelerators: Sequence[Accelerator],
) -> tuple[Floats, Floats]:
    """Price many points on many accelerators.

    Args:
        workloads: of the networks.
        multiplier_nj: of every point, of all its multiplications, shape (points,).
        delay_ns: of its slowest multiplier, shape (points,).
        network: index of its workload, shape (points,).
        accelerators: what to price them on.

    Returns:
        System energy in nJ and latency in ms, each of shape (points, accelerators).

    Raises:
        ConfigError: as `data_cost`.
    """
    for work in workloads:
        _check_covered(work)
    pairs = [(place, x) for place, work in enumerate(workloads) for x in work.layers]
    of_layer = np.array([place for place, _ in pairs], np.int64)
    times = np.array([x.times for _, x in pairs], np.float64)
    sums = np.array([work.total for work in workloads], np.float64)
    shapes = [Shape.of(x) for _, x in pairs]
    unique = {shape: i for i, shape in enumerate(dict.fromkeys(shapes))}
    of_shape = np.array([unique[shape] for shape in shapes], np.int64)
    energy, cycles = np.empty((2, len(workloads), len(accelerators)))
    for column, accelerator in enumerate(accelerators):
        costs = shape_costs(list(unique), accelerator)[of_shape] * times[:, None]
        memories = np.bincount(of_layer, costs[:, 0], len(workloads))
        energy[:, column] = memories + accelerator.accumulator_pj * sums
        cycles[:, column] = np.bincount(of_layer, costs[:, 1], len(workloads))
    energy /= PICOJOULES
    array_mhz = np.array([a.clock_mhz for a in accelerators])
    with np.errstate(divide="ignore"):
        clock = np.minimum(array_mhz, (1000.0 / delay_ns)[:, None])
    return energy[network] + multiplier_nj[:, None], cycles[network] / clock / _CYCLES_PER_MS


def _known(multiplier: Multiplier, figure: str) -> float:
    value: float | None = getattr(multiplier, figure)
    if value is None:
        raise MultiplierError(
            f"{figure} of multiplier {multiplier.name!r} is unknown; give it when making the "
            "multiplier, import it as a circuit, or leave it out"
        )
    return value


@lru_cache(maxsize=2)
def _exact_pj(signed: bool) -> float:
    return energy_pj(exact_multiplier(signed=signed))
