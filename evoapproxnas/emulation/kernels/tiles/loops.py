"""The compiled loops around the inner products; `add_units` is what the kernels differ in."""

from typing import Any

import numpy as np

from evoapproxnas.emulation.kernels.host.codes import quantize
from evoapproxnas.emulation.kernels.host.compiling import entry, inner
from evoapproxnas.emulation.kernels.host.lanes import LANES
from evoapproxnas.emulation.kernels.tiles.expand import VECTOR, feature_tables, look_up_codes
from evoapproxnas.emulation.kernels.tiles.pixels import pixel_starts, store_real, store_sums

TILE_PIXELS = 128
"""Pixels whose sums (128 bytes each) stay in the L1 cache while units take turns."""
READ_AHEAD = VECTOR
"""Values behind the expanded input, and behind a line of codes, that vectors may touch."""


def add_units(
    method: Any, vectors: Any, buffer: Any, starts: Any, offsets: Any, weights: Any, begin: Any,
    end: Any, sums: Any,
) -> None:  # fmt: skip
    """Add products to sums; an overload of each kernel's module, chosen by the type of `method`.

    Args:
        method: the kernel's own named tuple.
        vectors: literal, of 16 outputs each.
        buffer: uint8 or int16, flat, the expanded input.
        starts: int64 (pixels,), position of each pixel's window, a multiple of method.pixels.
        offsets: int64, see `plan.Block`.
        weights: int8 or int16, see `plan.Block`.
        begin: the first unit.
        end: behind the last unit.
        sums: int32, flat: [vector][pixel][16 outputs], changed in place.
    """
    raise NotImplementedError


def begin_block(method: Any) -> None:
    """Prepare the thread for `add_units`; an overload as there."""
    raise NotImplementedError


def end_block(method: Any) -> None:
    """Undo `begin_block`."""
    raise NotImplementedError


@entry
def expand_rows(look: Any, x: Any, sampling: Any, first_row: int, left: int, pad_code: int,
                quantizer: Any, features: Any, height: int, pitch: int,
                out: Any) -> None:  # fmt: skip
    """Quantize images and write the features of the codes of padded rows.

    Args:
        look: selects the instructions of look-ups, see `byte_look_ups`.
        x: float32, or codes, (images, rows, columns, channels).
        sampling: see `plan.LayerKey`.
        first_row: of those taken, that the first padded row shows; negative in the padding.
        left: padding columns before the image.
        pad_code: the bit pattern of padding.
        quantizer: float32 (1 / scale, zero point, smallest code value, largest one).
        features: uint8 (features, 256).
        height: padded rows.
        pitch: padded columns.
        out: uint8 or int16, flat: [image][padded row][feature][padded column][channel],
            overwritten with what lies up to 63 values behind.
    """
    images, rows, width, channels = x.shape
    columns = (width + sampling[1] - 1) // sampling[1]
    line = pitch * channels
    inside, padding = np.empty((2, line + READ_AHEAD), np.uint8)
    for i in range(line + READ_AHEAD):
        inside[i] = padding[i] = pad_code
    source, tables = x.reshape(-1), feature_tables(features)
    target = 0
    for image in range(images):
        for row in range(first_row, first_row + height):
            codes = padding
            if 0 <= row * sampling[0] < rows:
                codes = inside
                first = (image * rows + row * sampling[0]) * width * channels
                quantize(source, first, columns, sampling[1] * channels, channels, quantizer,
                         codes, left * channels)  # fmt: skip
            for feature in range(features.shape[0]):
                look_up_codes(look, codes, line, tables, feature, out, target)
                target += line


@entry
def sum_block(method: Any, vectors: int, buffer: Any, view: Any, offsets: Any, weights: Any,
              segments: Any, last_shift: int, base: int, pixels: int, channel: int, used: int,
              constants: Any, scales: Any, biases: Any, out: Any) -> None:  # fmt: skip
    """Sum a block of output channels over the pixels of a buffer, and store the results.

    Args:
        method: see `add_units`.
        vectors: of 16 outputs each.
        buffer: uint8 or int16, flat, the expanded input.
        view: int64, see `pixels.pixel_starts`.
        offsets: see `plan.Block`.
        weights: see `plan.Block`.
        segments: see `plan.Block`.
        last_shift: see `plan.Plan`.
        base: of the first pixel in `out`.
        pixels: output pixels.
        channel: the first output channel.
        used: number of output channels.
        constants: int32 (16 * vectors,), added to the sums.
        scales: float32 (16 * vectors,), or None to store int32 sums.
        biases: float32 (16 * vectors,).
        out: float32 or int32 (pixels of the layer, channels_out).
    """
    starts = np.empty(TILE_PIXELS, np.int64)
    scratch = np.empty(TILE_PIXELS * vectors * LANES, np.int32)
    begin_block(method)
    tile = TILE_PIXELS // method.pixels * method.pixels
    for first in range(0, pixels, tile):
        count = min(tile, pixels - first)
        whole = (count + method.pixels - 1) // method.pixels * method.pixels
        pixel_starts(first, starts[:count], view)
        starts[count:whole] = starts[count - 1]
        sums = scratch[: whole * vectors * LANES]
        sums[:] = 0
        for segment in range(segments.shape[0]):
            if segments[segment, 2]:
                shift_left(sums, segments[segment, 2])
            end = segments[segment, 1]
            for begin in range(segments[segment, 0], end, method.cached_units):
                stop = min(begin + method.cached_units, end)
                if vectors == 1:
                    add_units(method, 1, buffer, starts[:whole], offsets, weights, begin, stop,
                              sums)  # fmt: skip
                else:
                    add_units(method, 2, buffer, starts[:whole], offsets, weights, begin, stop,
                              sums)  # fmt: skip
        if last_shift:
            shift_left(sums, last_shift)
        for vector in range(vectors):
            part = sums[vector * whole * LANES : (vector * whole + count) * LANES]
            lane = vector * LANES
            lanes = slice(lane, lane + LANES)
            filled = min(used - lane, LANES)
            if scales is None:
                store_sums(part, base + first, channel + lane, filled, constants[lanes], out)
            else:
                store_real(part, base + first, channel + lane, filled, constants[lanes],
                           scales[lanes], biases[lanes], out)  # fmt: skip
    end_block(method)


@inner
def shift_left(sums: Any, shift: int) -> None:
    """Multiply by 2^shift, modulo 2^32."""
    for i in range(sums.shape[0]):
        sums[i] = np.int32(sums[i] << np.int32(shift))
