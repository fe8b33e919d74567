"""The `vnni` kernel: see `tiles.kernel`, with the inner products of `tiles.vnni`."""

from evoapproxnas.emulation.kernels.host.cpu import lacking
from evoapproxnas.emulation.kernels.tiles.kernel import TileKernel
from evoapproxnas.emulation.kernels.tiles.vnni import Vnni


class VnniKernel(TileKernel):
    """See the module's docstring."""

    name = "vnni"
    unit = 4

    def missing(self) -> str | None:
        """Say what the CPU lacks."""
        return lacking("avx512f", "avx512bw", "avx512vbmi", "avx512vnni")

    def method(self) -> Vnni:
        """See `TileKernel.method`."""
        return Vnni()
