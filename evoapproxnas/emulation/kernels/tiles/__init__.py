"""Integer inner products over the byte-sized terms of a table."""

from evoapproxnas.emulation.kernels.tiles.vnni_kernel import VnniKernel

__all__ = ["VnniKernel"]
