"""Made-up machines, measurements, layers and kernels."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from evoapproxnas.emulation.kernels.choice import (
    KernelTimes,
    LayerWork,
    Machine,
    Measurement,
    Sample,
    ThreadTimes,
    work_of,
)
from evoapproxnas.emulation.kernels.choice.measurement import SCHEMA
from evoapproxnas.emulation.kernels.protocol import Geometry, LookupTable

VERSIONS = {"evoapproxnas": "0.1.0", "numba": "0.68", "tensorflow": "2.21"}
MACHINE = Machine("Made-up CPU", ("avx2", "sse2"), 4, 0, ("numba", "vnni"), VERSIONS)


@dataclass(frozen=True)
class FakeKernel:
    """A kernel that runs nowhere; `counts` is its terms by table."""

    name: str
    counts: Mapping[str, int | None]

    def terms(self, table: LookupTable) -> int | None:
        return self.counts[table.key]

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the choice must not use {name}")


def table(key: str) -> LookupTable:
    return LookupTable(np.zeros((256, 256), np.int32), False, key)


def conv(channels: int = 32, *, images: int = 8, size: int = 16, kernel: int = 3) -> LayerWork:
    shape = (kernel, kernel, channels, channels)
    return work_of(shape, Geometry(), (images, size, size, channels))


def depthwise(channels: int = 32, *, images: int = 8, size: int = 16) -> LayerWork:
    shape = (3, 3, 1, channels)
    return work_of(shape, Geometry(groups=channels), (images, size, size, channels))


def times(per_product: float, *samples: Sample) -> KernelTimes:
    constants = {"products": per_product}
    return KernelTimes({"wide": constants, "narrow": constants}, samples)


def measurement(machine: Machine = MACHINE, **kernels: KernelTimes) -> Measurement:
    one = ThreadTimes(1, kernels or {"numba": times(0.05, Sample(conv(), 1, 1e-3))})
    return Measurement(SCHEMA, machine, "2026-11-28T12:00:00+00:00", (one,))
