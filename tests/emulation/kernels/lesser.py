"""Ways through the kernels that processors take which have less than this one."""

from typing import NamedTuple

import pytest

from evoapproxnas.emulation.kernels import KERNELS
from evoapproxnas.emulation.kernels.host.cpu import FEATURES_VARIABLE, cpu_features


class Path(NamedTuple):
    """A kernel, and what to switch off for it to take a certain way.

    Attributes:
        kernel: its name.
        off: for the environment variable.
        needs: features without which this machine cannot show it.
    """

    kernel: str
    off: str
    needs: tuple[str, ...]


AVX2_ALONE = "-avx512f,-avxvnni,-amx-tile"

PATHS = {
    "bytes of AVX-512 VNNI, shuffled": Path("vnni", "-avx512vbmi", ("avx512bw", "avx512vnni")),
    "bytes of AVX-VNNI": Path("vnni", "-avx512f", ("avxvnni",)),
    "words of AVX-512": Path("words", "-avx512vbmi", ("avx512bw",)),
    "words of AVX2": Path("words", "-avx512f", ("avx2",)),
    "look-ups shuffled by AVX-512": Path("avx2", "-avx512vbmi", ("avx512bw",)),
    "look-ups shuffled by AVX2": Path("avx2", "-avx512f", ("avx2",)),
    "look-ups summed in 16 bits": Path("numba", "-avx512f", ("avx2",)),
}


def take(name: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Switch off what a path does without, or skip the test; return the kernel's name."""
    path = PATHS[name]
    lacking = set(path.needs) - cpu_features()
    if lacking:
        pytest.skip(f"this CPU lacks {', '.join(sorted(lacking))}")
    monkeypatch.setenv(FEATURES_VARIABLE, path.off)
    assert KERNELS[path.kernel].missing() is None
    return path.kernel
