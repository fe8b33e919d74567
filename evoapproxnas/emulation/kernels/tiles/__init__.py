"""Integer inner products over the byte-sized or word-sized terms of a table."""

from evoapproxnas.emulation.kernels.tiles.amx_kernel import AmxKernel
from evoapproxnas.emulation.kernels.tiles.vnni_kernel import VnniKernel
from evoapproxnas.emulation.kernels.tiles.words_kernel import WordsKernel

__all__ = ["AmxKernel", "VnniKernel", "WordsKernel"]
