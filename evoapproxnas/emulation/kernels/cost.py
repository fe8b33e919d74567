"""What a layer costs with look-ups and with factorizations: a model fitted to measurements.

Fitted by non-negative least squares on relative errors of processor time: one thread of a busy
Xeon with AVX-512 VBMI and VNNI, minima of 7, thirteen layer shapes, tables of 2, 7, 12, 16 and 24
byte-sized terms. Of these 65 choices 3 are wrong, and cost up to 5 % of a layer. AMX is taken for
half of VNNI's time for a multiplication: on a busy Xeon that has both, one thread, minima of 9,
seven layers took 0.4 to 0.85 of VNNI's processor time with 2, 7, 16 and 24 terms. Words are taken
for four times of it, as with AVX2: three layers ran at 52 to 62 GMAC/s with one term.
Only ratios matter.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from evoapproxnas.emulation.kernels.factorized import factors_of
from evoapproxnas.emulation.kernels.host.lanes import LANES
from evoapproxnas.emulation.kernels.protocol import Geometry, LookupTable
from evoapproxnas.emulation.kernels.tiles import AmxKernel, VnniKernel, WordsKernel
from evoapproxnas.emulation.kernels.tiles.plan import byte_factors, word_terms

MOST_TERMS = 32
"""Tables of higher rank are not factorized just to learn that look-ups are faster."""


@dataclass(frozen=True)
class CostModel:
    """Nanoseconds for each activation, output and multiplication, per term where there are terms.

    Attributes:
        code_ns: for an activation, whatever the number of terms.
        output_ns: for an output.
        product_ns: for a multiplication and term.
        code_term_ns: for an activation and term.
        lanes: output channels that are computed together, at the cost of all of them.
        unit: bytes of a kernel row that are multiplied together.
        sampling: whether a 1x1 kernel spares the activations that its strides leave out.
    """

    code_ns: float
    output_ns: float
    product_ns: float
    code_term_ns: float = 0.0
    lanes: int = 1
    unit: int = 1
    sampling: bool = False

    def pixel_ns(self, weight_shape: Sequence[int], geometry: Geometry, terms: int) -> float:
        """Return the cost of one output pixel, all channels."""
        rows, columns, channels, outputs = weight_shape
        codes = channels * geometry.groups
        if not self.sampling or rows * columns > 1:
            codes *= geometry.strides[0] * geometry.strides[1]
        row = -(-columns * channels // self.unit) * self.unit
        products = rows * row * -(-outputs // self.lanes) * self.lanes * terms
        return (
            codes * (self.code_ns + terms * self.code_term_ns)
            + outputs * self.output_ns
            + products * self.product_ns
        )


LOOK_UPS = CostModel(code_ns=0.73, output_ns=0.56, product_ns=0.042, lanes=LANES)
_VNNI = CostModel(
    code_ns=0.83,
    output_ns=0.98,
    product_ns=0.003,
    code_term_ns=0.025,
    lanes=LANES,
    unit=VnniKernel.unit,
    sampling=True,
)
FACTORIZED: dict[str, tuple[CostModel, Callable[[LookupTable], int]]] = {
    "amx": (
        replace(_VNNI, product_ns=_VNNI.product_ns / 2, unit=AmxKernel.unit),
        lambda table: byte_factors(table).terms,
    ),
    "vnni": (_VNNI, lambda table: byte_factors(table).terms),
    "words": (replace(_VNNI, product_ns=4 * _VNNI.product_ns, unit=WordsKernel.unit), word_terms),
    "factorized": (
        CostModel(code_ns=5.5, output_ns=0.4, product_ns=0.018),
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
    best, lowest = None, LOOK_UPS.pixel_ns(weight_shape, geometry, 1)
    bounds = {name: FACTORIZED[name][0].pixel_ns(weight_shape, geometry, 1) for name in kernels}
    # A table is factorized, which takes 0.1 s, only where a single term would pay.
    for name in sorted(bounds, key=lambda name: bounds[name]):
        if bounds[name] < lowest:
            model, terms = FACTORIZED[name]
            cost = model.pixel_ns(weight_shape, geometry, terms(table))
            if cost < lowest:
                best, lowest = name, cost
    return best


@lru_cache(maxsize=256)
def has_few_terms(table: LookupTable) -> bool:
    """Say whether a table might have at most `MOST_TERMS` terms, from its rank.

    The rank of some random sums of rows and columns tells, in a millisecond; that of the table
    itself takes a hundred where several processes share the cores.
    """
    centred = table.products - table.products[0]  # a constant of each weight code is no term
    signs = np.random.default_rng(0).choice((-1.0, 1.0), (2, MOST_TERMS + 8, len(centred)))
    sums = signs[0] @ centred @ signs[1].T  # whole numbers, exact in 64 bits
    return bool(np.linalg.matrix_rank(sums) <= MOST_TERMS)
