"""Preparation in NumPy: rows of products from a table, and which rows and shifts a layer uses."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.emulation.kernels.numba_lookup.lanes import LANES, TERMS
from evoapproxnas.emulation.kernels.protocol import Geometry, LookupTable

Array = npt.NDArray[Any]
SKIPPED = 512


@dataclass(frozen=True)
class ProductRows:
    """What a weight adds for each activation code, made to fit 16 unsigned bits.

    Row w holds m(., w) - lift, row 256 + w holds -m(., w) - lift, row 512 holds zeros. The lift
    (constant per row) is added once per weight at the end, so the sign costs nothing.

    Attributes:
        rows: uint16 (513 * 256,).
        lifts: int32 (513,).
    """

    rows: Array
    lifts: Array


@dataclass(frozen=True)
class Block:
    """Up to 16 consecutive output channels, one per lane.

    Attributes:
        first: the first output channel.
        lane_groups: int64 (number of channels,), the group of each channel.
        indices: int64 (terms * 16,), the row of each term and lane.
    """

    first: int
    lane_groups: Array
    indices: Array

    @property
    def used(self) -> int:
        """Number of output channels."""
        return len(self.lane_groups)

    @property
    def mixed(self) -> bool:
        """Whether the channels belong to several groups and so see different activations."""
        return bool(self.lane_groups[0] != self.lane_groups[-1])


@dataclass(frozen=True)
class Plan:
    """One layer's weights as row indices.

    Attributes:
        blocks: the output channels, in order.
        terms: products in a sum; more are listed, of skipped weights, up to a multiple of TERMS.
        shifts: int64 (groups, terms), from an output pixel to a term's activation.
        taps: int64 (kh * kw,), the same within a single plane.
        lifts: int32 (channels_out,), to be added to the sums.
    """

    blocks: tuple[Block, ...]
    terms: int
    shifts: Array
    taps: Array
    lifts: Array


@lru_cache(maxsize=64)
def product_rows(table: LookupTable) -> ProductRows:
    """Prepare a table; 262 KB each."""
    columns = table.products.T.astype(np.int64)
    both = np.concatenate([columns, -columns, np.zeros((1, 256), np.int64)])
    lifts = both.min(axis=1)
    rows = (both - lifts[:, None]).astype(np.uint16)
    return ProductRows(np.ascontiguousarray(rows).reshape(-1), lifts.astype(np.int32))


def plan_layer(
    weight_codes: Array, weight_signs: Array, lifts: Array, geometry: Geometry,
    padded_size: tuple[int, int],
) -> Plan:  # fmt: skip
    """Order a layer's weights for the loops.

    Args:
        weight_codes: uint8 (kh, kw, channels_in / groups, channels_out).
        weight_signs: int8, the same shape.
        lifts: of the table's `ProductRows`.
        geometry: strides, dilation, padding, groups.
        padded_size: rows and columns of a padded plane.
    """
    rows, columns, channels, outputs = weight_codes.shape
    chosen = weight_codes.astype(np.int64) + np.where(weight_signs < 0, 256, 0)
    chosen = np.where(weight_signs == 0, SKIPPED, chosen).reshape(-1, outputs)
    plane = padded_size[0] * padded_size[1]
    y, x, c = (i.reshape(-1) for i in np.indices((rows, columns, channels)))
    tap = y * geometry.dilation[0] * padded_size[1] + x * geometry.dilation[1]
    extra = -len(tap) % TERMS
    term_shifts = np.pad(tap + c * plane, (0, extra))
    first_channels = np.arange(geometry.groups)[:, None] * channels * plane
    rows_of_terms = np.pad(chosen, ((0, extra), (0, 0)), constant_values=SKIPPED)
    return Plan(
        blocks=_blocks(rows_of_terms, geometry.groups),
        terms=len(tap),
        shifts=np.where(np.arange(len(tap) + extra) < len(tap), first_channels + term_shifts, 0),
        taps=tap[::channels].copy(),
        lifts=lifts[chosen].sum(axis=0, dtype=np.int64).astype(np.int32),
    )


def _blocks(rows_of_terms: Array, groups: int) -> tuple[Block, ...]:
    """Cut (terms, channels_out) into blocks that mix groups only where groups are narrow."""
    terms, outputs = rows_of_terms.shape
    per_group = outputs // groups
    run = per_group if per_group >= LANES // 2 else outputs
    blocks = []
    for first in (i for start in range(0, outputs, run) for i in range(start, start + run, LANES)):
        last = min(first + LANES, (first // run + 1) * run)
        indices = np.full((terms, LANES), SKIPPED, np.int64)
        indices[:, : last - first] = rows_of_terms[:, first:last]
        blocks.append(Block(first, np.arange(first, last) // per_group, indices.reshape(-1)))
    return tuple(blocks)
