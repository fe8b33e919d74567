"""The `vnni` kernel works on chunks: its memory does not grow with the layer."""

import numpy as np
import pytest

from evoapproxnas.bench.emulation.cases import bench_tables
from evoapproxnas.emulation.kernels import KERNELS, LookupTable
from evoapproxnas.emulation.kernels.tiles.chunks import cut_chunks
from evoapproxnas.emulation.kernels.tiles.kernel import TileKernel
from evoapproxnas.emulation.kernels.tiles.loops import READ_AHEAD, TILE_PIXELS
from evoapproxnas.emulation.kernels.tiles.plan import Plan, plan_layer
from tests.emulation.kernels.test_lookup_memory import BATCH, LAYERS, LIMIT_BYTES

MULTIPLIER = bench_tables()["8 terms"]
TABLE = LookupTable(MULTIPLIER.table, MULTIPLIER.signed, MULTIPLIER.digest)


def weights_bytes(plan: Plan) -> int:
    return sum(block.weights.nbytes + block.offsets.nbytes for block in plan.blocks)


@pytest.mark.parametrize("threads", [2, 16])
@pytest.mark.parametrize("layer", LAYERS)
def test_extra_memory_is_bounded(layer: str, threads: int) -> None:
    size, weights, geometry = LAYERS[layer]
    kernel = KERNELS["vnni"]
    assert isinstance(kernel, TileKernel)
    codes, signs = np.full(weights, 200, np.uint8), np.ones(weights, np.int8)
    zero_points = np.zeros(weights[3], np.int32)
    x = np.broadcast_to(np.float32(0), (BATCH, *size))
    key = kernel.key(x, codes, signs, zero_points, TABLE, geometry)
    plan = plan_layer(key)
    rows, _ = geometry.output_size(size[:2], weights[:2])
    features = len(plan.features)
    chunks = list(cut_chunks(BATCH, rows, key, features=features, threads=threads))
    assert sum(chunk.images * chunk.rows for chunk in chunks) == BATCH * rows
    each = max(chunk.expanded_bytes(key, features) for chunk in chunks) + READ_AHEAD
    sums = TILE_PIXELS * 32 * np.dtype(np.int32).itemsize
    assert threads * (each + sums) + weights_bytes(plan) < LIMIT_BYTES
