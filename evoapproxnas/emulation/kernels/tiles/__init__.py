"""Integer inner products over the byte-sized terms of a table."""

from evoapproxnas.emulation.kernels.tiles.amx_kernel import AmxKernel
from evoapproxnas.emulation.kernels.tiles.vnni_kernel import VnniKernel

__all__ = ["AmxKernel", "VnniKernel"]
