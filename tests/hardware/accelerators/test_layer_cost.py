"""One layer on an accelerator: its loops are whole, and many layers cost what each costs alone."""

import dataclasses
import math

import pytest

from evoapproxnas.errors import ConfigError
from evoapproxnas.hardware.accelerators import (
    Shape,
    accelerator_names,
    layer_cost,
    load_accelerator,
    shape_costs,
)
from evoapproxnas.hardware.accelerators.description import DATAFLOWS, DIMENSIONS, INNERMOST

SHAPES = [
    Shape((1, 20, 21, 8, 8, 3, 3), (1, 1, 1, 1), (8, 8)),
    Shape((96, 1, 1, 16, 16, 3, 3), (2, 2, 1, 1), (32, 32)),
    Shape((1, 10, 640, 1, 1, 1, 1), (1, 1, 1, 1), (1, 1)),
    Shape((1, 13, 1, 7, 9, 2, 5), (1, 2, 2, 1), (9, 22)),
    Shape((1, 1, 1, 1, 1, 1, 1), (1, 1, 1, 1), (1, 1)),
    Shape((1, 32, 16, 16, 16, 1, 1), (2, 2, 1, 1), (32, 32)),
]


@pytest.mark.parametrize("name", accelerator_names())
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: str(shape.sizes))
def test_loops_cover_the_layer(name: str, shape: Shape):
    accelerator = load_accelerator(name)
    cost = layer_cost(shape, accelerator)
    rounds, spread = dict.fromkeys(DIMENSIONS, 1), dict(cost.spread)
    for dimension, size in cost.order:
        rounds[dimension] *= size
    for dimension, size in zip(DIMENSIONS, shape.sizes, strict=True):
        assert rounds[dimension] == math.ceil(size / spread.get(dimension, 1))
    assert math.prod(spread.values()) <= accelerator.elements
    met = {dimension for dimension, _ in cost.order} & set(INNERMOST[accelerator.dataflow])
    assert not met or cost.order[0][0] in met


@pytest.mark.parametrize("name", accelerator_names())
def test_many_layers_cost_what_each_costs_alone(name: str):
    accelerator = load_accelerator(name)
    alone = [layer_cost(shape, accelerator) for shape in SHAPES]
    for _ in range(2):  # What is known gives the same.
        together = shape_costs([*SHAPES, SHAPES[0]], accelerator)
        assert together[:, 0] == pytest.approx([c.energy_pj for c in [*alone, alone[0]]])
        assert together[:, 1] == pytest.approx([c.cycles for c in [*alone, alone[0]]])
    assert shape_costs([], accelerator).shape == (0, 2)


@pytest.mark.parametrize("dataflow", DATAFLOWS)
@pytest.mark.parametrize("array", ["1x1", "12x1", "1x2", "6x6"])
def test_what_is_left_out_of_square_layers_costs_nothing(array: str, dataflow: str):
    """An input with a row that no window meets is not square, so that all orders are tried."""
    accelerator = load_accelerator(f"eyeriss@{array},{dataflow}")
    for channels, size, kernel in [((16, 16), 8, 1), ((3, 2), 8, 1), ((2, 3), 16, 3)]:
        sizes = (1, *channels, size, size, kernel, kernel)
        square = Shape(sizes, (1, 1, 1, 1), (32, 32))
        other = Shape(sizes, (1, 1, 1, 1), (33, 32))
        assert layer_cost(square, accelerator).energy_pj == pytest.approx(
            layer_cost(other, accelerator).energy_pj
        )
        assert layer_cost(square, accelerator).cycles == layer_cost(other, accelerator).cycles


@pytest.mark.parametrize("name", accelerator_names())
@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: str(shape.sizes))
def test_no_port_moves_more_than_a_word_in_a_cycle(name: str, shape: Shape):
    """Weights of a dense layer are used once: loading all of them takes longer than computing."""
    accelerator = load_accelerator(name)
    cost = layer_cost(shape, accelerator)
    for memory in accelerator.memories:
        if not memory.per_element:
            reads = sum(a.reads for a in cost.accesses if a.memory == memory.name)
            writes = sum(a.writes for a in cost.accesses if a.memory == memory.name)
            words = reads + writes if memory.one_port else max(reads, writes)
            assert cost.cycles >= words * (1 - 1e-12)


def test_a_layer_takes_as_long_as_its_weights_take_to_come():
    """Weights of 256 x 10 are 320 words of DRAM, inputs 32 and outputs 2, and 22 rounds."""
    dense = Shape((1, 10, 256, 1, 1, 1, 1), (1, 1, 1, 1), (1, 1))
    cost = layer_cost(dense, load_accelerator("eyeriss_like"))
    assert cost.cycles - cost.waiting - cost.loading == 22
    assert cost.cycles == pytest.approx(354)


def test_windows_that_leave_inputs_out_do_not_load_them():
    """Every second row and column is met by no window: a quarter of the input moves."""
    accelerator = load_accelerator("eyeriss")
    accesses = layer_cost(SHAPES[-1], accelerator).accesses
    (inputs,) = [a for a in accesses if a.operand == "inputs" and a.level == "dram"]
    assert inputs.reads == 16 * 16 * 16 / 8


def test_a_layer_without_room_is_named_among_many():
    accelerator = load_accelerator("eyeriss")
    pads = dataclasses.replace(accelerator.memories[2], size_bytes=1)
    memories = (*accelerator.memories[:2], pads, *accelerator.memories[3:])
    small = dataclasses.replace(accelerator, memories=memories)
    with pytest.raises(ConfigError, match="cannot hold a layer of"):
        shape_costs(SHAPES, small)
