"""What the precision "auto" means on this machine."""

from pathlib import Path
from typing import Literal

_CPU = Path("/proc/cpuinfo")


def has_fast_bfloat16() -> bool:
    """Whether this CPU multiplies bfloat16 in tiles (AMX) or vectors (AVX-512), as Linux tells."""
    if not _CPU.is_file():
        return False
    return not {"amx_bf16", "avx512_bf16"}.isdisjoint(_CPU.read_text("utf-8").split())


def best_precision() -> Literal["float32", "bfloat16"]:
    """Return the precision in which this machine trains fastest."""
    return "bfloat16" if has_fast_bfloat16() else "float32"
