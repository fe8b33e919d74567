"""Costs for machines that were not measured: those of one Xeon with AVX-512 VBMI, VNNI and AMX.

Fitted by non-negative least squares on relative errors of processor time: one thread of a busy
Xeon with AVX-512 VBMI and VNNI, minima of 7, thirteen layer shapes, tables of 2, 7, 12, 16 and 24
byte-sized terms. Of these 65 choices 3 are wrong, and cost up to 5 % of a layer. AMX is taken for
half of VNNI's time for a multiplication: on a busy Xeon that has both, one thread, minima of 9,
seven layers took 0.4 to 0.85 of VNNI's processor time with 2, 7, 16 and 24 terms. Words are taken
for four times of it, as with AVX2: three layers ran at 52 to 62 GMAC/s with one term.

Only ratios matter. Layers of narrow groups, such as depthwise ones, are left to look-ups: inner
products of bytes mix their channels.
"""

from collections.abc import Sequence

from evoapproxnas.emulation.kernels.choice.costs import KernelCost, cost_of_constants

_LOOK_UPS = {"codes": 0.73, "outputs": 0.56, "lane_products": 0.042}
_INNER_PRODUCTS = {"codes": 0.83, "code_terms": 0.025, "outputs": 0.98}
_LOOKING_UP = cost_of_constants({"wide": _LOOK_UPS, "narrow": _LOOK_UPS})
_EXPANDING = {
    "amx": cost_of_constants({"wide": {**_INNER_PRODUCTS, "line_products": 0.0015}}),
    "vnni": cost_of_constants({"wide": {**_INNER_PRODUCTS, "quad_products": 0.003}}),
    "words": cost_of_constants({"wide": {**_INNER_PRODUCTS, "quad_products": 0.012}}),
    "factorized": cost_of_constants({"wide": {"codes": 5.5, "outputs": 0.4, "products": 0.018}}),
}


def default_costs(runnable: Sequence[str]) -> dict[str, KernelCost]:
    """Return what is assumed of a machine's kernels, for those that should be considered.

    Args:
        runnable: names of kernels that the machine can run, the fastest look-ups first.
    """
    known = {name: _EXPANDING[name] for name in runnable if name in _EXPANDING}
    return known | {runnable[0]: _LOOKING_UP}
