"""What this machine's processor can do, asked at run time."""

from functools import cache

from llvmlite import binding


@cache
def cpu_features() -> frozenset[str]:
    """Return LLVM's names of the features of this CPU, such as "avx512vbmi"."""
    return frozenset(name for name, present in binding.get_host_cpu_features().items() if present)


def lacking(*features: str) -> str | None:
    """Say which of the features this CPU lacks; None if it has them all."""
    names = [name for name in features if name not in cpu_features()]
    return f"a CPU with {', '.join(names)}" if names else None
