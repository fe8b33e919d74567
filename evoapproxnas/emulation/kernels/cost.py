"""What a layer costs with look-ups and with factorizations: a model fitted to measurements.

Fitted by non-negative least squares on relative errors of processor time, over ten layer shapes
and tables of 1, 2, 7 and 12 byte-sized terms, with two threads of a Xeon with AVX-512 VBMI and
VNNI (busy machine). AMX could not be measured there: half of VNNI's time for a multiplication is
what the ratio of a prototype's raw speeds suggests (922 to 425 GMAC/s a core). Only ratios matter.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from evoapproxnas.emulation.kernels.factorized import factors_of
from evoapproxnas.emulation.kernels.numba_lookup.lanes import LANES
from evoapproxnas.emulation.kernels.protocol import Geometry, LookupTable
from evoapproxnas.emulation.kernels.tiles.plan import byte_factors

MOST_TERMS = 32
"""Tables of higher rank are not factorized just to learn that look-ups are faster."""


@dataclass(frozen=True)
class CostModel:
    """Nanoseconds for each activation, output and multiplication, per term where there are terms.

    Attributes:
        code_ns: for an activation, whatever the number of terms.
        output_ns: for an output.
        product_ns: for a multiplication and term.
        lanes: output channels that are computed together, at the cost of all of them.
        unit: bytes that are multiplied together, of a kernel row with all terms.
    """

    code_ns: float
    output_ns: float
    product_ns: float
    lanes: int = 1
    unit: int = 1

    def pixel_ns(self, weight_shape: Sequence[int], geometry: Geometry, terms: int) -> float:
        """Return the cost of one output pixel, all channels."""
        rows, columns, channels, outputs = weight_shape
        codes = channels * geometry.groups * geometry.strides[0] * geometry.strides[1]
        row = -(-columns * channels * terms // self.unit) * self.unit
        return (
            codes * self.code_ns
            + outputs * self.output_ns
            + rows * row * -(-outputs // self.lanes) * self.lanes * self.product_ns
        )


LOOK_UPS = CostModel(code_ns=1.5, output_ns=0.7, product_ns=0.025)
FACTORIZED: dict[str, tuple[CostModel, Callable[[LookupTable], int]]] = {
    "amx": (
        CostModel(code_ns=1.2, output_ns=0.7, product_ns=0.001, lanes=16, unit=64),
        lambda table: byte_factors(table).terms,
    ),
    "vnni": (
        CostModel(code_ns=1.2, output_ns=0.7, product_ns=0.0021, lanes=16, unit=4),
        lambda table: byte_factors(table).terms,
    ),
    "factorized": (
        CostModel(code_ns=6.1, output_ns=1.3, product_ns=0.0075),
        lambda table: factors_of(table).terms,
    ),
}
"""By kernel: what it costs, and how many terms it has."""


def cheaper_than_look_ups(
    table: LookupTable,
    weight_shape: Sequence[int],
    geometry: Geometry,
    kernels: Collection[str],
) -> str | None:
    """Return the cheapest of `kernels` if it should be faster than look-ups.

    Layers of narrow groups, such as depthwise ones, never are: units mix their channels.
    """
    if geometry.groups > 1 and weight_shape[3] // geometry.groups < LANES:
        return None
    if not has_few_terms(table):
        return None
    costs = {"": LOOK_UPS.pixel_ns(weight_shape, geometry, 1)}
    for name in kernels:
        model, terms = FACTORIZED[name]
        costs[name] = model.pixel_ns(weight_shape, geometry, terms(table))
    return min(costs, key=lambda name: costs[name]) or None


@lru_cache(maxsize=256)
def has_few_terms(table: LookupTable) -> bool:
    """Say whether a table might have at most `MOST_TERMS` terms, from its rank (milliseconds)."""
    centred = table.products - table.products[0]  # a constant of each weight code is no term
    return bool(np.linalg.matrix_rank(centred.astype(np.float64)) <= MOST_TERMS)
