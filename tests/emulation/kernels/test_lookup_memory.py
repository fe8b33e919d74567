"""The look-up kernels work on tiles: their memory does not grow with the layer."""

import numpy as np
import pytest

from evoapproxnas.emulation.kernels import KERNELS, Geometry
from evoapproxnas.emulation.kernels.numba_lookup.fill import fill_buffers
from evoapproxnas.emulation.kernels.numba_lookup.kernel import NumbaKernel
from evoapproxnas.emulation.kernels.numba_lookup.lane_sums import lane_buffers
from evoapproxnas.emulation.kernels.numba_lookup.loops import sum_buffers
from evoapproxnas.emulation.kernels.numba_lookup.plan import plan_layer

LIMIT_BYTES = 64 * 2**20
BATCH = 128

# (rows, columns, channels in), (kernel rows, columns, channels in / groups, channels out)
LAYERS = {
    "cifar": ((32, 32, 16), (3, 3, 16, 16), Geometry()),
    "wide": ((32, 32, 512), (3, 3, 512, 512), Geometry()),
    "large": ((1024, 1024, 32), (3, 3, 32, 32), Geometry()),
    "strided": ((224, 224, 3), (7, 7, 3, 64), Geometry(strides=(2, 2))),
    "depthwise": ((32, 32, 512), (7, 7, 1, 512), Geometry(groups=512)),
    "multiplied": ((64, 64, 32), (3, 3, 1, 256), Geometry(groups=32)),
    "dense": ((1, 1, 25088), (1, 1, 25088, 256), Geometry()),
}


@pytest.mark.parametrize("threads", [1, 2, 16])
@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize("name", ["numba", "avx2", "avx512"])
def test_extra_memory_is_bounded(
    name: str, layer: str, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVOAPPROXNAS_THREADS", str(threads))
    size, weights, geometry = LAYERS[layer]
    kernel = KERNELS[name]
    assert isinstance(kernel, NumbaKernel)
    codes = np.zeros(weights, np.uint8)
    plan = plan_layer(codes, np.ones(weights, np.int8), np.zeros(513, np.int32), geometry.groups)
    out = (BATCH, *geometry.output_size(size[:2], weights[:2]), weights[3])
    parts, tiles, channels = kernel.cut((BATCH, *size), weights, plan, geometry, out)
    assert tiles.number * tiles.positions >= out[0] * out[1] * out[2]
    x = np.broadcast_to(np.float32(0), (BATCH, *size))
    buffers = (
        *(each for each in fill_buffers(x, tiles, channels, 0) if not isinstance(each, int)),
        *sum_buffers(tiles, channels, np.ones(1, np.int32)),
        *lane_buffers(tiles.positions, 2, plan.terms),
    )
    used = threads * sum(buffer.nbytes for buffer in buffers) + plan.indices.nbytes + parts.nbytes
    assert used < LIMIT_BYTES
