"""The choice among kernels, from what each of them should cost."""

from collections.abc import Iterable, Mapping

from evoapproxnas.emulation.kernels.choice.costs import KernelCost
from evoapproxnas.emulation.kernels.choice.work import LayerWork
from evoapproxnas.emulation.kernels.protocol import Kernel, LookupTable

HOPELESS = 1.5
"""A table is factorized, which takes 0.1 s, only for kernels that a single term could not make so
many times slower than the best: costs near timed calls need not rise with every term."""


def fastest_kernel(
    work: LayerWork,
    table: LookupTable,
    kernels: Iterable[Kernel],
    costs: Mapping[str, KernelCost],
) -> Kernel | None:
    """Return the kernel that should take the least time.

    Args:
        work: the call.
        table: of the layer's multiplier.
        kernels: that this machine can run.
        costs: of those that are considered, by name.

    Returns:
        None if none of the kernels has a cost.
    """
    bounds = [
        (costs[kernel.name].seconds(work, 1), kernel) for kernel in kernels if kernel.name in costs
    ]
    best, lowest = None, float("inf")
    for bound, kernel in sorted(bounds, key=lambda each: each[0]):
        if bound > HOPELESS * lowest:
            break
        terms = kernel.terms(table)
        if terms is None:
            continue
        seconds = costs[kernel.name].seconds(work, terms)
        if seconds < lowest:
            best, lowest = kernel, seconds
    return best
