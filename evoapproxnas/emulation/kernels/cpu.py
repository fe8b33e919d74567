"""What this machine's processor can do, asked at run time."""

from functools import cache

from llvmlite import binding


@cache
def cpu_features() -> frozenset[str]:
    """Return LLVM's names of the features of this CPU, such as "avx512vbmi"."""
    return frozenset(name for name, present in binding.get_host_cpu_features().items() if present)
