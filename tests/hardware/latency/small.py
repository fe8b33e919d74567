"""Small networks, and a runtime that only pretends, for tests that time nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from evoapproxnas.config import GridConfig, SpaceConfig
from evoapproxnas.hardware.latency import (
    FUSIONS,
    DeviceTable,
    MeasuredOperation,
    Operation,
    runtime_operations,
)
from evoapproxnas.hardware.latency.runtimes import RuntimeRefuses
from evoapproxnas.networks import IMAGE, Network, Node, SearchSpace, encode

INPUT = (8, 8, 1)
FUSION = FUSIONS["litert"]


def space(**values: object) -> SearchSpace:
    """A small space of 8 x 8 images."""
    options = {"channels": (8, 16), "min_depth": 1, "max_depth": 6, "max_macs": 10**7}
    return SearchSpace.from_config(
        GridConfig(rows=2, columns=6, levels_back=6),
        SpaceConfig.model_validate(options | values),
        input_shape=INPUT,
        classes=10,
        multipliers=("exact8",),
    )


def network(*nodes: Node) -> Network:
    """The network of a design."""
    known = space()
    return known.decode(encode(known, nodes, np.random.default_rng(0)))


def convolution(source: int = IMAGE, **values: object) -> Node:
    """A convolution, 8 channels and ReLU unless said otherwise."""
    given = {"kernel": 3, "channels": 8, "stride": 1, "activation": "relu", "bias": False}
    return Node("conv2d", (source,), {**given, **values})


def table(
    operations: Sequence[Operation] = (),
    *,
    times: Mapping[Operation, float] | None = None,
    call_ms: float = 0.5,
    **changed: object,
) -> DeviceTable:
    """A table in which the n-th operation takes n ms unless said otherwise, a call half a ms."""
    known = times or {o: float(place) for place, o in enumerate(operations, start=1)}
    measured = tuple(
        MeasuredOperation(o, known[o], known[o] / 2, call_ms, 30, executed=(o.name,))
        for o in operations
    )
    values = {
        "runtime": "litert",
        "threads": 1,
        "space": "small",
        "input_shape": INPUT,
        "classes": 10,
        "machine": {"processor": "pretended", "runtime_versions": {}},
        "operations": measured,
    }
    return DeviceTable(**(values | changed))  # type: ignore[arg-type]


@dataclass
class PretendedModel:
    """Does nothing, however often."""

    executed: tuple[str, ...] = ()
    fast: bool = True

    def start(self, copies: int = 1) -> Callable[[], object]:
        if not self.fast:
            raise RuntimeRefuses("the fast kernels do not like it")
        return lambda: None

    def start_plainly(self, copies: int = 1) -> Callable[[], object]:
        return lambda: None


@dataclass
class PretendedRuntime:
    """Knows which operations it refuses to prepare, or to run fast."""

    threads: int = 1
    refuses: frozenset[Operation] = frozenset()
    slow: frozenset[Operation] = frozenset()
    batches: list[int] = field(default_factory=list)
    fusion = FUSION
    versions = {"pretended": "1"}

    def operations(self, operations: Sequence[Operation]) -> Sequence[PretendedModel]:
        self.batches.append(len(operations))
        if self.refuses.intersection(operations):
            raise RuntimeRefuses("cannot be converted")
        return [PretendedModel((o.name,), o not in self.slow) for o in operations]

    def network(self, network: Network) -> PretendedModel:
        operations = runtime_operations(network, self.fusion)
        return PretendedModel(
            tuple(operation.name for operation in operations),
            not self.slow.intersection(operations),
        )
