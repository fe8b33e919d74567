"""What this machine's processor can do, asked at run time, without what is switched off.

EVOAPPROXNAS_CPU_FEATURES="-avx512vbmi,-amx-tile" makes a processor a lesser one: kernels that need
a feature do not run, others take the path that such a processor would take, and Numba compiles for
it (which its cache of compiled code tells apart). Set it before the package is loaded to measure;
a later change moves the choice of paths alone, which is what tests need.
"""

import os
from collections.abc import Iterable
from functools import cache

from llvmlite import binding
from numba import config

from evoapproxnas.errors import QuantizationError, unknown_name
from evoapproxnas.kernel_names import FEATURES_VARIABLE

_DEPENDENT = {
    "avx": ("avx", "fma", "f16c", "vaes", "vpclmulqdq"),
    "avx2": ("avx2", "avx512", "avx10", "avxvnni", "avxifma", "avxneconvert"),
    "avx512f": ("avx512", "avx10"),
    "avx512bw": ("avx512bitalg", "avx512vbmi", "avx512fp16", "avx10"),
    "avx512": ("avx10",),
    "amx-tile": ("amx",),
}
"""What no processor has without a feature: beginnings of names, for beginnings of a name."""


def cpu_features() -> frozenset[str]:
    """Return LLVM's names of the features of this CPU, such as "avx512vbmi", that are in use.

    Raises:
        QuantizationError: if `FEATURES_VARIABLE` cannot be read.
        UnknownNameError: if it names something else than a feature.
    """
    return _present(config.CPU_FEATURES) - switched_off()


def switched_off() -> frozenset[str]:
    """Return the features that the environment switches off, and those that depend on them.

    Raises:
        QuantizationError: if `FEATURES_VARIABLE` cannot be read.
        UnknownNameError: if it names something else than a feature.
    """
    return _without(os.environ.get(FEATURES_VARIABLE, ""))


def lacking(*features: str) -> str | None:
    """Say which of the features this CPU lacks; None if it has them all."""
    names = [name for name in features if name not in cpu_features()]
    return f"a CPU with {', '.join(names)}" if names else None


def numba_target() -> str | None:
    """Return the features that Numba should compile for: None for what it finds by itself.

    Raises:
        QuantizationError: if `FEATURES_VARIABLE` cannot be read.
        UnknownNameError: if it names something else than a feature.
    """
    off = switched_off()
    if not off:
        return None
    # What is taken away comes last: a feature switches on those that it implies.
    return ",".join(
        [f"+{name}" for name in sorted(cpu_features())] + [f"-{name}" for name in sorted(off)]
    )


@cache
def _present(compiled_for: str | None) -> frozenset[str]:
    """Return the CPU's features, or those that NUMBA_CPU_FEATURES or NUMBA_CPU_NAME=generic set.

    Code for others could not be compiled.
    """
    if compiled_for is not None:
        listed = (name.strip() for name in compiled_for.split(","))
        return frozenset(name[1:] for name in listed if name.startswith("+"))
    return frozenset(name for name, present in _known().items() if present)


@cache
def _known() -> dict[str, bool]:
    """Return whether this CPU has each feature of its family."""
    return dict(binding.get_host_cpu_features())


@cache
def _without(setting: str) -> frozenset[str]:
    names = []
    for item in filter(None, (each.strip() for each in setting.split(","))):
        if not item.startswith("-"):
            raise QuantizationError(
                f"{FEATURES_VARIABLE} names features of the CPU to do without, as in "
                f"'-avx512vbmi,-amx-tile'; got {item!r}: put a minus before it"
            )
        if item[1:] not in _known():
            raise unknown_name(f"CPU feature in {FEATURES_VARIABLE}", item[1:], _known())
        names.append(item[1:])
    return frozenset(_with_dependent(names))


def _with_dependent(names: Iterable[str]) -> Iterable[str]:
    """Yield the names of this family's features that no processor has without these."""
    for name in names:
        yield name
        for needed, dependent in _DEPENDENT.items():
            if name == needed or (needed == "avx512" and name.startswith(needed)):
                yield from (each for each in _known() if each.startswith(dependent))
