"""A layer and an accelerator as ZigZag reads them, as plain values.

The layer has the form of ZigZag's own ONNX parser: with [g] in its equation, so that depthwise
layers are told, and with the sizes of the input, which its windows do not leave.
"""

import math
from typing import Any

from evoapproxnas.hardware.accelerators import Accelerator, Memory, Shape
from evoapproxnas.hardware.accelerators.description import (
    CODE_BITS,
    DIMENSIONS,
    SPREAD,
    Dimension,
    Operand,
)
from evoapproxnas.hardware.accelerators.loops import spread

LAYER = "layer"
LOOPS: dict[Dimension, str] = dict(
    zip(DIMENSIONS, ("G", "K", "C", "OY", "OX", "FY", "FX"), strict=True)
)
"""What ZigZag calls the loops."""
LAYER_OPERANDS: dict[Operand, str] = {"weights": "W", "inputs": "I", "outputs": "O"}
_MEMORY_OPERANDS: dict[Operand, str] = {"weights": "I2", "inputs": "I1", "outputs": "O"}
_AXES = ("D1", "D2")


def layer_values(shape: Shape, accelerator: Accelerator) -> dict[str, Any]:
    """Describe a layer; codes of 8 bits, sums as wide as the accelerator has them."""
    sizes = dict(zip(DIMENSIONS, shape.sizes, strict=True))
    row_stride, column_stride, row_step, column_step = shape.stride
    return {
        "id": 0,
        "name": LAYER,
        "operator_type": "Conv",
        "equation": "O[b][g][k][oy][ox]+=W[g][k][c][fy][fx]*I[b][g][c][iy][ix]",
        "dimension_relations": [
            f"ix={column_stride}*ox+{column_step}*fx",
            f"iy={row_stride}*oy+{row_step}*fy",
        ],
        "loop_dims": ["B", *(LOOPS[dimension] for dimension in sizes)],
        "loop_sizes": [1, *sizes.values()],
        "operand_precision": {
            "W": CODE_BITS,
            "I": CODE_BITS,
            "O": accelerator.sum_bits,
            "O_final": CODE_BITS,
        },
        "operand_source": {"W": 0, "I": 0},
        "pr_loop_dims": ["IX", "IY"],
        "pr_loop_sizes": [shape.inputs[1], shape.inputs[0]],
        "padding": [
            _padding(shape, "output_columns", "kernel_columns", 1),
            _padding(shape, "output_rows", "kernel_rows", 0),
        ],
    }


def _padding(shape: Shape, output: Dimension, kernel: Dimension, axis: int) -> list[int]:
    outputs, taps = (shape.sizes[DIMENSIONS.index(dimension)] for dimension in (output, kernel))
    reach = (outputs - 1) * shape.stride[axis] + (taps - 1) * shape.stride[2 + axis] + 1
    missing = max(reach - shape.inputs[axis], 0)
    return [missing // 2, missing - missing // 2]


def mapping_values(shape: Shape, accelerator: Accelerator) -> list[dict[str, Any]]:
    """Spread a layer over the array as the analytic model does; one entry for it alone."""
    unrolled = dict(zip(DIMENSIONS, spread(shape, accelerator).tolist(), strict=True))
    spatial = {}
    for axis, dimensions in zip(_AXES, SPREAD[accelerator.dataflow], strict=True):
        parts = [dimension for dimension in dimensions if unrolled[dimension] > 1]
        spatial[axis] = [f"{LOOPS[d]}, {unrolled[d]}" for d in parts or dimensions[:1]]
    links = {LAYER_OPERANDS[name]: memory for name, memory in _MEMORY_OPERANDS.items()}
    return [
        {
            "name": LAYER,
            "spatial_mapping": spatial,
            "spatial_mapping_hint": None,
            "memory_operand_links": links,
        }
    ]


def accelerator_values(accelerator: Accelerator) -> dict[str, Any]:
    """Describe memories, innermost first, and the array; a MAC takes nothing, as it is additive.

    Dictionaries keep their order, on which ZigZag relies for memories.
    """
    return {
        "name": "accelerator",
        "memories": {
            f"memory_{place}": _memory_values(memory)
            for place, memory in enumerate(accelerator.memories)
        },
        "operational_array": {
            "unit_energy": 0.0,
            "unit_area": 0.0,
            "dimensions": list(_AXES),
            "sizes": [accelerator.rows, accelerator.columns],
        },
    }


def _memory_values(memory: Memory) -> dict[str, Any]:
    return {
        "size": 8 * memory.size_bytes,
        "r_cost": memory.read_pj,
        "w_cost": memory.write_pj,
        "area": 0.0,
        "latency": 1,
        "operands": [_MEMORY_OPERANDS[operand] for operand in memory.operands],
        "ports": _ports(memory),
        "served_dimensions": [] if memory.per_element else list(_AXES),
    }


def _ports(memory: Memory) -> list[dict[str, Any]]:
    """One port for both ways, or one for each; sums come from below and go back there."""
    reads, writes = [], []
    for operand in memory.operands:
        name = _MEMORY_OPERANDS[operand]
        reads += [f"{name}, tl"]
        writes += [f"{name}, fh"]
        if operand == "outputs":
            reads += [f"{name}, th"]
            writes += [f"{name}, fl"]
    if memory.one_port:
        return [_port("rw_port_1", "read_write", memory, [*reads, *writes])]
    return [
        _port("r_port_1", "read", memory, reads),
        _port("w_port_1", "write", memory, writes),
    ]


def _port(name: str, kind: str, memory: Memory, allocation: list[str]) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "bandwidth_min": memory.word_bits,
        "bandwidth_max": memory.word_bits,
        "allocation": allocation,
    }


def multiply_accumulates(shape: Shape) -> int:
    """Count those of a layer, padding included."""
    return math.prod(shape.sizes)
