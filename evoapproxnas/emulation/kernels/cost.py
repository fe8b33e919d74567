"""What a layer costs with look-ups and with the factorization: a model fitted to measurements.

Fitted by least squares on relative errors over nine layer shapes and tables of 1, 2 and 5 terms
(two threads of a Xeon with AVX-512 VBMI, without AMX; busy machine). Only ratios matter.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from evoapproxnas.emulation.kernels.factorized import factors_of
from evoapproxnas.emulation.kernels.protocol import Geometry, LookupTable

MOST_TERMS = 8
"""Tables of higher rank are not factorized just to learn that look-ups are faster."""


@dataclass(frozen=True)
class CostModel:
    """Nanoseconds for each activation, output and multiplication, per term where there are terms.

    Attributes:
        code_ns: for an activation, whatever the number of terms.
        code_term_ns: for an activation and term.
        output_ns: for an output.
        product_ns: for a multiplication and term.
    """

    code_ns: float
    code_term_ns: float
    output_ns: float
    product_ns: float

    def pixel_ns(self, weight_shape: Sequence[int], geometry: Geometry, terms: int) -> float:
        """Return the cost of one output pixel, all channels."""
        rows, columns, channels, outputs = weight_shape
        codes = channels * geometry.groups * geometry.strides[0] * geometry.strides[1]
        return (
            codes * (self.code_ns + self.code_term_ns * terms)
            + outputs * self.output_ns
            + rows * columns * channels * outputs * self.product_ns * terms
        )


LOOK_UPS = CostModel(code_ns=2.8, code_term_ns=0.0, output_ns=4.0, product_ns=0.075)
FACTORIZED = CostModel(code_ns=7.1, code_term_ns=0.6, output_ns=5.8, product_ns=0.025)


def factorization_pays(
    table: LookupTable, weight_shape: Sequence[int], geometry: Geometry
) -> bool:
    """Say whether `factorized` should be faster than look-ups; grouped layers never are."""
    if geometry.groups > 1:
        return False
    terms = few_terms(table)
    if terms is None:
        return False
    looked_up = LOOK_UPS.pixel_ns(weight_shape, geometry, 1)
    return FACTORIZED.pixel_ns(weight_shape, geometry, terms) < looked_up


@lru_cache(maxsize=256)
def few_terms(table: LookupTable) -> int | None:
    """Return the number of terms of a table, or None if it is more than `MOST_TERMS`.

    The rank is a lower bound that takes milliseconds, where factorizing can take a second.
    """
    if np.linalg.matrix_rank(table.products.astype(np.float64)) > MOST_TERMS:
        return None
    terms = factors_of(table).terms
    return terms if terms <= MOST_TERMS else None
