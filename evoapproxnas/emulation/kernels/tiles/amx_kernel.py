"""The `amx` kernel: see `tiles.kernel`, with the inner products of `tiles.amx`."""

import ctypes
import sys
from functools import cache

import numpy as np

from evoapproxnas.emulation.kernels.host.cpu import lacking
from evoapproxnas.emulation.kernels.tiles.amx import CACHED_UNITS, PIXELS, ROW_ROOM, UNIT
from evoapproxnas.emulation.kernels.tiles.amx_tiles import Amx, tile_configuration
from evoapproxnas.emulation.kernels.tiles.kernel import TileKernel
from evoapproxnas.errors import QuantizationError

_ARCH_PRCTL = 158
_REQUEST_COMPONENT = 0x1023
_TILE_DATA = 18


class AmxKernel(TileKernel):
    """See the module's docstring."""

    name = "amx"
    unit = UNIT

    def missing(self) -> str | None:
        """Say what the CPU lacks, or that Linux does not permit the use of its tiles."""
        missing = lacking("avx2", "amx-tile", "amx-int8")
        if missing is None and not _tiles_permitted():
            return "Linux 5.16 or later, which lets a process use AMX tiles"
        return missing

    def method(self) -> Amx:
        """See `TileKernel.method`.

        Raises:
            QuantizationError: if this machine has no tiles; using them would end the process.
        """
        missing = self.missing()
        if missing is not None:
            raise QuantizationError(f"kernel 'amx' needs {missing}; use kernel='auto'")
        return Amx(PIXELS, CACHED_UNITS, tile_configuration(), np.zeros(ROW_ROOM, np.uint8))


@cache
def _tiles_permitted() -> bool:
    """Ask once; the answer holds for all threads (Linux, Documentation/arch/x86/xstate.rst)."""
    if not sys.platform.startswith("linux"):
        return False
    system_call = ctypes.CDLL(None, use_errno=True).syscall
    arguments = (ctypes.c_long(n) for n in (_ARCH_PRCTL, _REQUEST_COMPONENT, _TILE_DATA))
    return bool(system_call(*arguments) == 0)
