"""The search for the best order of loops leaves out only what is worse: beside all orders."""

from typing import Any

import numpy as np
import pytest
from numba import njit

from evoapproxnas.errors import ConfigError
from evoapproxnas.hardware.accelerators import Accelerator, Shape, layer_cost, parse_accelerator
from evoapproxnas.hardware.accelerators.description import DATAFLOWS, OPERANDS
from evoapproxnas.hardware.accelerators.orders.best_order import _begin, _energy
from evoapproxnas.hardware.accelerators.orders.permuting import first_order, next_order
from evoapproxnas.hardware.accelerators.orders.placing import make_room, place


@njit
def _least_of_all_orders(shape, target, spread):
    layer = place(shape, target, spread)
    room = make_room(layer, target.width.size)
    order = np.zeros_like(layer.size)
    first_order(layer.dimension, layer.size, order)
    least, changed = np.inf, 0
    while changed >= 0:
        if layer.first[layer.dimension[order[0]]]:
            _begin(layer, layer.filled, order, 0, room, room.across)
            least = min(least, _energy(target, layer, order, room))
        changed = next_order(order)
    return least


def _memory(name: str, operands: list[str], sizes: list[int], rng: np.random.Generator) -> Any:
    size = int(rng.choice(sizes))
    words = [bits for bits in (1, 3, 8, 24, 64, 512) if bits <= 8 * size]
    costs = {key: float(rng.choice([0.0, 1.0, 50.0])) for key in ("read_pj", "write_pj")}
    level = "register file" if name.endswith("pads") else "buffer"
    return {
        **{"name": name, "level": level, "operands": operands, "size_bytes": size, **costs},
        "word_bits": int(rng.choice(words)),
        "per_element": level == "register file",
        "one_port": bool(rng.integers(2)),
    }


def _accelerator(rng: np.random.Generator) -> Accelerator:
    """One of any legal kind: without registers or buffers, of one bit's words, free to access."""
    pads = [o for o in OPERANDS if rng.random() < 0.5]
    buffers = [o for o in OPERANDS if rng.random() < 0.4]
    memories = [_memory(f"{o} pads", [o], [1, 2, 16, 64], rng) for o in pads]
    memories += [_memory(f"{o} buffer", [o], [16, 256, 4096], rng) for o in buffers]
    values = {
        "rows": int(rng.choice([1, 2, 7, 16])),
        "columns": int(rng.choice([1, 5, 14])),
        "dataflow": str(rng.choice(DATAFLOWS)),
        "sum_bits": int(rng.choice([8, 9, 16, 32])),
        "clock_mhz": 100,
        **{"accumulator_pj": 0, "accumulator_um2": 0},
        "memory": [*memories, _memory("all", list(OPERANDS), [10**9], rng)],
    }
    return parse_accelerator("any", values)


def _shape(rng: np.random.Generator) -> Shape:
    groups, kernels, steps = rng.choice([1, 3], 1), rng.choice([1, 2, 3, 11], 2), [1, 1, 2, 3]
    outputs, stride = rng.integers(1, 18, 2), rng.choice(steps, 4)
    sizes = [*groups, *rng.choice([1, 2, 7, 16, 13], 2), *outputs, *kernels]
    return Shape(
        tuple(int(n) for n in sizes),
        tuple(int(n) for n in stride),  # type: ignore[arg-type]
        (int(outputs[0] * stride[0]), int(outputs[1] * stride[1])),
    )


@pytest.mark.parametrize("seed", range(4))
def test_no_order_takes_less_energy_than_the_best_one(seed: int):
    rng, priced = np.random.default_rng(seed), 0
    for _ in range(60):
        accelerator, shape = _accelerator(rng), _shape(rng)
        spread = np.ones(len(shape.sizes), np.int64)
        least = _least_of_all_orders(np.array(shape.numbers), accelerator.target, spread)
        try:
            cost = layer_cost(shape, accelerator)
        except ConfigError:
            assert np.isinf(least)
            continue
        assert cost.energy_pj == pytest.approx(least, rel=1e-9)
        assert cost.utilization <= 1
        priced += 1
    assert priced > 20
