"""Table look-ups compiled by Numba."""

from evoapproxnas.emulation.kernels.numba_lookup.kernel import NumbaKernel

__all__ = ["NumbaKernel"]
