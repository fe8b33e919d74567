"""Preparation in NumPy: rows of products from a table, and which rows a layer's weights choose."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.emulation.kernels.host.compiling import entry
from evoapproxnas.emulation.kernels.host.lanes import LANES, TERMS
from evoapproxnas.emulation.kernels.protocol import LookupTable

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
class Plan:
    """One layer's weights as row indices, in blocks of up to 16 consecutive output channels.

    Attributes:
        first: int64 (blocks + 1,), the first output channel of each block, and their number.
        indices: uint16 (blocks, terms * 16), the row of each term and lane.
        groups: int64 (channels_out,), the group of each output channel.
        terms: products in a sum; more are listed, of skipped weights, up to a multiple of TERMS.
        lifts: int32 (channels_out,), to be added to the sums.
    """

    first: Array
    indices: Array
    groups: Array
    terms: int
    lifts: Array


@lru_cache(maxsize=64)
def product_rows(table: LookupTable) -> ProductRows:
    """Prepare a table; 262 KB each."""
    columns = table.products.T.astype(np.int64)
    both = np.concatenate([columns, -columns, np.zeros((1, 256), np.int64)])
    lifts = both.min(axis=1)
    rows = (both - lifts[:, None]).astype(np.uint16)
    return ProductRows(np.ascontiguousarray(rows).reshape(-1), lifts.astype(np.int32))


@lru_cache(maxsize=64)
def byte_rows(table: LookupTable) -> Array:
    """Return the table's rows as 256 low bytes, then 256 high bytes each, flat; 262 KB."""
    rows = product_rows(table).rows.reshape(-1, 256)
    split = np.concatenate([rows & 255, rows >> 8], axis=1)
    return split.astype(np.uint8).reshape(-1)


def plan_layer(weight_codes: Array, weight_signs: Array, lifts: Array, groups: int) -> Plan:
    """Order a layer's weights for the loops.

    Args:
        weight_codes: uint8 (kh, kw, channels_in / groups, channels_out).
        weight_signs: int8, the same shape.
        lifts: of the table's `ProductRows`.
        groups: of channels.
    """
    outputs = weight_codes.shape[3]
    codes, signs = weight_codes.reshape(-1, outputs), weight_signs.reshape(-1, outputs)
    first = block_starts(outputs, groups)
    size = len(codes) + -len(codes) % TERMS
    indices = np.full((len(first) - 1, size * LANES), SKIPPED, np.uint16)
    channel_lifts = np.zeros(outputs, np.int32)
    _order(codes, signs, lifts, first, indices, channel_lifts)
    return Plan(
        first=first,
        indices=indices,
        groups=np.arange(outputs) // max(outputs // groups, 1),
        terms=len(codes),
        lifts=channel_lifts,
    )


@entry
def _order(codes: Any, signs: Any, lifts: Any, first: Any, indices: Any,
           channel_lifts: Any) -> None:  # fmt: skip
    """Fill in the indices and lifts of a `Plan`, given as `SKIPPED` and zeros."""
    for block in range(first.shape[0] - 1):
        for term in range(codes.shape[0]):
            for channel in range(first[block], first[block + 1]):
                sign = signs[term, channel]
                row = int(codes[term, channel]) + (256 if sign < 0 else 0)
                row = row if sign else SKIPPED
                indices[block, term * LANES + channel - first[block]] = row
                channel_lifts[channel] += lifts[row]


def block_starts(outputs: int, groups: int) -> Array:
    """Cut output channels into blocks that mix groups only where groups are narrow."""
    per_group = outputs // groups
    run = per_group if per_group >= LANES // 2 else outputs
    starts = [i for start in range(0, outputs, run) for i in range(start, start + run, LANES)]
    return np.array([*starts, outputs], np.int64)


def term_shifts(tap_shifts: Array, channels: int, channel_size: int, groups: int) -> Array:
    """Return where the codes of each term lie, int64 (groups, terms), skipped terms included.

    Args:
        tap_shifts: int64 (kh, kw), see `tiles.tap_shifts`.
        channels: in a group.
        channel_size: codes of a channel.
        groups: of channels.
    """
    shifts = (tap_shifts[:, :, None] + np.arange(channels) * channel_size).reshape(-1)
    shifts = np.pad(shifts, (0, -len(shifts) % TERMS))
    first_channels = np.arange(groups)[:, None] * channels * channel_size
    return np.ascontiguousarray(shifts + first_channels)
