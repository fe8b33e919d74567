"""Chunks: parts of the output whose input, with all features, fits the cache."""

from collections.abc import Iterator
from dataclasses import dataclass

from evoapproxnas.emulation.kernels.tiles.plan import LayerKey

CHUNK_BYTES = 2**19
"""Of a chunk's expanded input: with weights and results it stays in 2 MiB of L2 cache."""


@dataclass(frozen=True)
class Chunk:
    """Output rows [first_row, last_row) of images [first_image, last_image)."""

    first_image: int
    last_image: int
    first_row: int
    last_row: int

    @property
    def images(self) -> int:
        """Number of images."""
        return self.last_image - self.first_image

    @property
    def rows(self) -> int:
        """Number of output rows of each image."""
        return self.last_row - self.first_row

    def padded_rows(self, key: LayerKey) -> int:
        """Return how many rows of each image, padded, its windows meet."""
        geometry = key.geometry
        return (
            (self.rows - 1) * geometry.strides[0] + (key.shape[0] - 1) * geometry.dilation[0] + 1
        )

    def expanded_bytes(self, key: LayerKey, features: int) -> int:
        """Return the size of its expanded input."""
        return self.images * self.padded_rows(key) * key.line_values(features) * key.value_bytes


def cut_chunks(
    images: int, rows: int, key: LayerKey, *, features: int, threads: int
) -> Iterator[Chunk]:
    """Cut an output of `rows` rows an image so that chunks fit the cache, and threads have work.

    Chunks are larger than `CHUNK_BYTES` by the rows that the windows of two chunks share.
    """
    row_bytes = max(key.line_values(features) * key.value_bytes * key.geometry.strides[0], 1)
    wanted = min(max(CHUNK_BYTES // row_bytes, 1), -(-images * rows // threads))
    if wanted >= rows:
        step = wanted // rows
        for image in range(0, images, step):
            yield Chunk(image, min(image + step, images), 0, rows)
    else:
        step = -(-rows // -(-rows // wanted))
        for image in range(images):
            for row in range(0, rows, step):
                yield Chunk(image, image + 1, row, min(row + step, rows))
