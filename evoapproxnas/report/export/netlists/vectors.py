"""Vectors for the testbench: operands and sums of the emulation's NumPy reference."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.emulation.kernels import Geometry, LookupTable, Operands
from evoapproxnas.emulation.kernels.reference import ReferenceKernel
from evoapproxnas.emulation.operation.accumulator import STEEPEST
from evoapproxnas.emulation.recording import LayerCall, Window
from evoapproxnas.report.export.netlists.layers import MacWidths

RANDOM_PRODUCTS = 10_000
"""Pairs of operands for each multiplier with its widths and scheme, beside all corners."""
_PRODUCTS_OF_A_LAYER = 20_000
_FEWEST, _MOST = 8, 400
_LARGEST_OFFSET = 2**20

Integers = npt.NDArray[np.int64]


def operand_windows(
    table: LookupTable, widths: MacWidths, rng: np.random.Generator
) -> list[Window]:
    """Return single products of all corners and of random operands, as the reference has them.

    The reference computes them as a depthwise layer of one pixel, which has a channel for each.

    Args:
        table: of the multiplier.
        widths: of the operands.
        rng: draws them.
    """
    activations, weights, signs = _operands(table.signed, widths, rng)
    count = len(activations)
    zero_points = np.zeros(count, np.int32)
    if widths.activation_sums:
        low, high = _range(table.signed, widths.weight_bits)
        zero_points = rng.integers(low - STEEPEST, high + STEEPEST + 1, count).astype(np.int32)
    operands = Operands(
        weight_codes=(weights & 255).astype(np.uint8).reshape(1, 1, 1, -1),
        weight_signs=signs.astype(np.int8).reshape(1, 1, 1, -1),
        weight_zero_point=zero_points,
        input_scale=np.float32(1),
        input_zero_point=np.int32(0),
        offset=rng.integers(-_LARGEST_OFFSET, _LARGEST_OFFSET, count).astype(np.int32),
        scale=np.ones(count, np.float32),
        bias=np.zeros(count, np.float32),
    )
    x = activations.astype(np.float32).reshape(1, 1, 1, -1)
    geometry = Geometry(padding="valid", groups=count)
    sums = ReferenceKernel().integer_sums(x, operands, table=table, geometry=geometry)
    call = LayerCall(operands, table, geometry, sums)
    return call.windows([(0, 0, 0, channel) for channel in range(count)])


def layer_windows(calls: Sequence[LayerCall], rng: np.random.Generator) -> list[Window]:
    """Return the products of some outputs of a layer, at the corners of the map and inside it."""
    found: list[Window] = []
    for call in calls:
        terms = int(np.prod(call.operands.weight_codes.shape[:3]))
        images, rows, columns, channels = call.shape
        count = max(_FEWEST, min(_PRODUCTS_OF_A_LAYER // (terms * len(calls)), _MOST))
        places = [(r, c) for r in (0, rows - 1) for c in (0, columns - 1)]
        inside = rng.integers(0, (rows, columns), (count, 2)).tolist()
        found += call.windows(
            [
                (int(rng.integers(images)), row, column, int(rng.integers(channels)))
                for row, column in [*dict.fromkeys(places), *inside]
            ]
        )
    return found


def vectors_text(windows: Sequence[Window], widths: MacWidths) -> str:
    """Write vectors as verilog/testbench.v reads them."""
    codes = 2**widths.activation_bits - 1, 2**widths.weight_bits - 1
    lines = [str(len(windows))]
    for window in windows:
        head = (len(window.signs), window.weight_zero_point, window.offset, window.products)
        lines.append(" ".join(map(str, (*head, window.activation_sum, window.total))))
        pairs = zip(window.activations, window.weights, window.signs, strict=True)
        lines += [
            f"{int(a) & codes[0]:x} {int(w) & codes[1]:x} {int(s < 0)} {int(s == 0)}"
            for a, w, s in pairs
        ]
    return "\n".join([*lines, ""])


def _operands(
    signed: bool, widths: MacWidths, rng: np.random.Generator
) -> tuple[Integers, Integers, Integers]:
    """Return values of activations and weights, and signs: corners, then random ones."""
    a_range = _range(signed, widths.activation_bits)
    w_range = _range(signed, widths.weight_bits)
    signs = (-1, 0, 1) if widths.sign_magnitude else (1,)
    if widths.sign_magnitude:
        w_range = 0, w_range[1]
    grid = np.meshgrid(_corners(*a_range), _corners(*w_range), signs, indexing="ij")
    drawn = [rng.integers(low, high + 1, RANDOM_PRODUCTS) for low, high in (a_range, w_range)]
    drawn.append(rng.choice(signs, RANDOM_PRODUCTS))
    parts: list[Any] = [np.concatenate([g.ravel(), d]) for g, d in zip(grid, drawn, strict=True)]
    return parts[0], parts[1], parts[2]


def _range(signed: bool, bits: int) -> tuple[int, int]:
    return (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1)


def _corners(low: int, high: int) -> list[int]:
    """Return both ends, the middle, zero, and what is next to each."""
    middle = (low + high + 1) // 2
    near = {place + step for place in (low, 0, middle, high) for step in (-1, 0, 1)}
    return sorted(value for value in near if low <= value <= high)
