"""The `words` kernel: see `tiles.kernel`, with products of 16 bits by AVX2 or AVX-512 BW.

Half as many products at once as of bytes, but a weight function of a table, 15 bits wide, is
rarely split into digits: the exact 8-bit product is one term.
"""

from evoapproxnas.emulation.kernels.host.cpu import lacking
from evoapproxnas.emulation.kernels.tiles.dots import UNIT_BYTES, Words256, Words512
from evoapproxnas.emulation.kernels.tiles.kernel import TileKernel
from evoapproxnas.multipliers.byte_terms import WORD_BITS


class WordsKernel(TileKernel):
    """See the module's docstring."""

    name = "words"
    unit = UNIT_BYTES // 2
    digit_bits = WORD_BITS

    def missing(self) -> str | None:
        """Say what the CPU lacks."""
        return lacking("avx2")

    def method(self) -> Words512 | Words256:
        """See `TileKernel.method`."""
        return Words512() if lacking("avx512f", "avx512bw") is None else Words256()
