"""Table look-ups compiled by Numba."""

from evoapproxnas.emulation.kernels.numba_lookup.avx512 import Avx512Kernel
from evoapproxnas.emulation.kernels.numba_lookup.kernel import NumbaKernel

__all__ = ["Avx512Kernel", "NumbaKernel"]
