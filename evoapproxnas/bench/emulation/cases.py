"""What is measured: kernels, each with the tables that it is meant for."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from evoapproxnas.emulation.kernels import KERNELS, choose_kernel
from evoapproxnas.multipliers import Multiplier, exact_table

FLOAT = "float32"
LOOK_UPS = ("avx512", "avx2", "numba", "tensorflow", "reference")
"""Kernels whose time does not depend on the table; the others expand a table into terms."""
FEW_TERMS = ("exact8", "8 terms")
SLOW = ("tensorflow", "reference")


class Case(NamedTuple):
    """A kernel and the name of a table of `bench_tables`.

    Attributes:
        kernel: name of the kernel.
        table: name of a table of `bench_tables`.
    """

    kernel: str
    table: str

    @property
    def name(self) -> str:
        """Both, for people."""
        return f"{self.kernel}, {self.table}"


def bench_tables() -> dict[str, Multiplier]:
    """Return a random table, which no trick shortens, the exact product, and one of 8 terms."""
    table = np.random.default_rng(0).integers(0, 2**16, (256, 256))
    weights, bits = np.arange(256), np.arange(8)
    # A broken array multiplier: the partial products lose their low six columns.
    rows = (weights << bits[:, None]) & ~63
    broken = ((weights[:, None] >> bits) & 1) @ rows
    return {
        "random": Multiplier.from_table("bench-random", table),
        "exact8": Multiplier.from_table("bench-exact8", exact_table(signed=False)),
        "8 terms": Multiplier.from_table("bench-8-terms", broken),
    }


def layer_cases(kernels: Iterable[str] | None = None) -> tuple[Case, ...]:
    """Return the kernels, by default all fast ones of this machine, with their tables.

    A kernel that works on terms is not measured with the random table, which has too many.

    Args:
        kernels: names; None is all fast ones of this machine.

    Raises:
        UnknownNameError: for a kernel that is not registered.
        QuantizationError: for a kernel that this machine cannot run.
    """
    if kernels is None:
        kernels = [n for n, k in KERNELS.items() if n not in SLOW and k.missing() is None]
    cases = []
    for name in kernels:
        choose_kernel(name)
        tables = ("random",) if name in LOOK_UPS else FEW_TERMS
        cases += [Case(name, table) for table in tables]
    return tuple(cases)


def network_cases(kernels: Iterable[str] | None = None) -> tuple[Case, ...]:
    """Return what to measure on networks: as for layers if kernels are named, else "auto".

    `auto` looks up in the random table, whatever the machine's fastest look-ups are.

    Args:
        kernels: names; None is "auto" alone.
    """
    if kernels is not None:
        return layer_cases(kernels)
    return tuple(Case("auto", table) for table in ("random", *FEW_TERMS))
