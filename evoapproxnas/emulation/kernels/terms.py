"""How many products of its own a kernel computes for one of a table."""

from functools import lru_cache

import numpy as np

from evoapproxnas.emulation.kernels.protocol import LookupTable

MOST_TERMS = 32
"""Tables of higher rank are not factorized just to learn that look-ups are faster."""


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
