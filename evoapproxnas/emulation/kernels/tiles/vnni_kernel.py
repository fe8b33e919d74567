"""The `vnni` kernel: see `tiles.kernel`, with inner products of bytes by AVX-512 or AVX VNNI."""

from evoapproxnas.emulation.kernels.host.cpu import lacking
from evoapproxnas.emulation.kernels.tiles.dots import UNIT_BYTES, Vnni256, Vnni512
from evoapproxnas.emulation.kernels.tiles.kernel import TileKernel

_WIDE = ("avx512f", "avx512vnni")
_NARROW = ("avx2", "avxvnni")


class VnniKernel(TileKernel):
    """See the module's docstring."""

    name = "vnni"
    unit = UNIT_BYTES

    def missing(self) -> str | None:
        """Say what the CPU lacks."""
        if lacking(*_WIDE) is None or lacking(*_NARROW) is None:
            return None
        return "a CPU with avx512vnni or avxvnni"

    def method(self) -> Vnni512 | Vnni256:
        """See `TileKernel.method`."""
        return Vnni512() if lacking(*_WIDE) is None else Vnni256()
