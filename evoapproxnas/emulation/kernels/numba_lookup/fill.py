"""The first step of a tile: quantize its inputs and lay the codes out as `tiles` says."""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from evoapproxnas.emulation.kernels.host.codes import quantize
from evoapproxnas.emulation.kernels.host.compiling import entry, inner
from evoapproxnas.emulation.kernels.host.lanes import LANES, array_data, transpose_codes


@entry
def fill_buffers(x: Any, tiles: Any, channels: int, pad_code: int) -> Any:
    """Return what `fill_codes` needs for each thread.

    Returns:
        Two uint8 scratch lines of the tile's images; the second begins after a margin (third) for
        shifts. Then uint8 (kernel columns, line): 255 where a kernel column meets the image and 0
        where it meets padding, and 0 and `pad_code` there.
    """
    width = x.shape[2]
    size = channels * tiles.images * width
    margin = tiles.left + tiles.window_columns * tiles.column_dilation
    keep = np.empty((tiles.window_columns, tiles.line), np.uint8)
    padding = np.empty((tiles.window_columns, tiles.line), np.uint8)
    for column in range(tiles.window_columns):
        for i in range(tiles.line):
            start = i % tiles.columns * tiles.column_step - tiles.left
            inside = start + column * tiles.column_dilation
            keep[column, i] = 255 if 0 <= inside < width else 0
            padding[column, i] = 0 if 0 <= inside < width else pad_code
    return np.empty(size, np.uint8), np.empty(size + 2 * margin, np.uint8), margin, keep, padding


@inner
def fill_codes(x: Any, tiles: Any, residues: Any, tile: int, first: int, last: int,
               pad_code: int, quantizer: Any, buffers: Any, codes: Any) -> None:  # fmt: skip
    """Fill `codes` with the codes of input channels first to last - 1; NaN becomes the lowest.

    Args:
        x: float32, or codes, (images, rows, columns, channels), contiguous.
        tiles: `Tiles`.
        residues: int64 (phases,), see `row_residues`.
        tile: index of the tile.
        first: input channel.
        last: input channel.
        pad_code: bit pattern of padding.
        quantizer: float32 1 / scale, zero point, lowest and highest code value.
        buffers: from `fill_buffers`.
        codes: uint8, channels * tiles.channel_size.
    """
    images, height, width, channels = x.shape
    line, planes, margin, keep, padding = buffers
    used = last - first
    first_image = tile // tiles.bands * tiles.images
    count = min(tiles.images, images - first_image)
    first_row = tile % tiles.bands * tiles.rows * tiles.row_step - tiles.top
    run = tiles.images * width
    # Without padding, steps and other kernel columns the codes need not be spread.
    direct = tiles.window_columns == 1 and tiles.line == run
    source = x.reshape(-1)
    for phase in range(tiles.phases):
        for row in range(tiles.phase_rows):
            target = (phase * tiles.phase_rows + row) * tiles.line
            y = first_row + row * tiles.row_step + residues[phase]
            if y < 0 or y >= height:
                for each in range(used * tiles.window_columns):
                    begin = target + each * tiles.column_size
                    codes[begin : begin + tiles.line] = pad_code
                continue
            for i in range(count):
                start = (((first_image + i) * height + y) * width) * channels + first
                quantize(source, start, width, channels, used, quantizer, line, i * width * used)
            if direct:
                _to_planes(line, run, used, codes, target, tiles.channel_size)
                continue
            _to_planes(line, run, used, planes, margin, run)
            if tiles.line * tiles.column_step == run:
                _shift(planes, margin - tiles.left, run, used, tiles.column_step,
                       tiles.column_dilation, tiles.column_size, keep, padding, codes,
                       target)  # fmt: skip
                continue
            for channel in range(used):
                for column in range(tiles.window_columns):
                    offset = column * tiles.column_dilation - tiles.left
                    begin = target + channel * tiles.channel_size + column * tiles.column_size
                    _spread(planes, margin + channel * run, width, offset, tiles.images,
                            tiles.columns, tiles.column_step, pad_code, codes, begin)  # fmt: skip


@inner
def _to_planes(line: Any, pixels: int, channels: int, planes: Any, first: int,
               size: int) -> None:  # fmt: skip
    """Do planes[first + channel * size + pixel] = line[pixel * channels + channel].

    In tiles of 16 x 16; the last one of either direction overlaps its neighbour.
    """
    if pixels < LANES or channels < LANES:
        for channel in range(channels):
            target = np.uint64(first + channel * size)
            for pixel in range(pixels):
                planes[target + np.uint64(pixel)] = line[pixel * channels + channel]
        return
    for start in range(0, pixels, LANES):
        pixel = min(start, pixels - LANES)
        for begin in range(0, channels, LANES):
            channel = min(begin, channels - LANES)
            transpose_codes(
                line, pixel * channels + channel, channels,
                planes, first + channel * size + pixel, size,
            )  # fmt: skip


@inner
def _shift(planes: Any, first: int, run: int, channels: int, step: int, dilation: int, size: int,
           keep: Any, padding: Any, codes: Any, target: int) -> None:  # fmt: skip
    """Write what each kernel column meets where the stride divides the width.

    A whole run moves at once; what slips from image to image is replaced by padding.
    """
    for channel in range(channels):
        for column in range(keep.shape[0]):
            source = first + channel * run + column * dilation
            out = target + (channel * keep.shape[0] + column) * size
            inside, outside = keep[column], padding[column]
            line = inside.shape[0]
            if step == 1 and line >= _WIDE:  # the last vector may overlap the one before
                for i in range(0, line, _WIDE):
                    at = min(i, line - _WIDE)
                    _merge_wide(planes, source + at, inside, outside, at, codes, out + at)
            elif step == 1 and line >= LANES:
                for i in range(0, line, LANES):
                    at = min(i, line - LANES)
                    _merge(planes, source + at, inside, outside, at, codes, out + at)
            else:
                _merge_singly(planes, source, step, inside, outside, codes, out)


@inner
def _merge_singly(planes: Any, first: int, step: int, inside: Any, outside: Any, codes: Any,
                  target: int) -> None:  # fmt: skip
    source, out = np.uint64(first), np.uint64(target)
    if step == 2:  # a constant step becomes vectors
        for i in range(inside.shape[0]):
            at = np.uint64(i)
            codes[out + at] = (planes[source + at + at] & inside[i]) | outside[i]
    else:
        for i in range(inside.shape[0]):
            code = planes[source + np.uint64(i * step)]
            codes[out + np.uint64(i)] = (code & inside[i]) | outside[i]


def _merger(count: int) -> Any:
    kind = ir.VectorType(ir.IntType(8), count)

    @intrinsic
    def merge(
        typing_context: Any, source: Any, first: Any, keep: Any, padding: Any, at: Any, out: Any,
        target: Any,
    ) -> Any:  # fmt: skip
        """Do out[target + i] = (source[first + i] & keep[at + i]) | padding[at + i], i < count."""
        signature = types.void(source, first, keep, padding, at, out, target)

        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            def place(index: int, at: Any) -> Any:
                start = array_data(context, builder, signature, arguments, index)
                return builder.bitcast(builder.gep(start, [at]), kind.as_pointer())

            codes, inside, outside = (
                builder.load(place(index, arguments[at]), align=1)
                for index, at in ((0, 1), (2, 4), (3, 4))
            )
            merged = builder.or_(builder.and_(codes, inside), outside)
            builder.store(merged, place(5, arguments[6]), align=1)
            return context.get_dummy_value()

        return signature, generate

    return merge


_WIDE = 64
_merge_wide, _merge = _merger(_WIDE), _merger(LANES)


@inner
def _spread(planes: Any, source: int, width: int, offset: int, images: int, columns: int,
            step: int, pad_code: int, codes: Any, target: int) -> None:  # fmt: skip
    """Write what one kernel column meets: column * step + offset of each image's line."""
    begin = min(max(-(offset // step), 0), columns)  # the first column inside the image
    end = min(max((width - 1 - offset) // step + 1, begin), columns)
    for image in range(images):
        first = np.uint64(source + image * width + offset + begin * step)
        out = np.uint64(target + image * columns + begin)
        if step == 1:  # constant steps become vectors
            for i in range(end - begin):
                codes[out + np.uint64(i)] = planes[first + np.uint64(i)]
        elif step == 2:
            for i in range(end - begin):
                codes[out + np.uint64(i)] = planes[first + np.uint64(2 * i)]
        else:
            for i in range(end - begin):
                codes[out + np.uint64(i)] = planes[first + np.uint64(i * step)]
        edge = target + image * columns
        for column in range(begin):
            codes[edge + column] = pad_code
        for column in range(end, columns):
            codes[edge + column] = pad_code
