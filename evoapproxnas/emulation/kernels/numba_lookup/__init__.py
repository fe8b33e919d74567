"""Table look-ups compiled by Numba."""

from evoapproxnas.emulation.kernels.numba_lookup.kernel import NumbaKernel
from evoapproxnas.emulation.kernels.numba_lookup.strips import Avx2Kernel, Avx512Kernel

__all__ = ["Avx2Kernel", "Avx512Kernel", "NumbaKernel"]
