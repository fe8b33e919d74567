"""The width of an accumulator holds every sum, and one bit less does not."""

import numpy as np
import pytest

from evoapproxnas.emulation.operation.accumulator import bits_of, sum_bits
from evoapproxnas.multipliers import exact_table


@pytest.mark.parametrize(
    ("lowest", "highest", "bits"),
    [(0, 0, 2), (-1, 1, 2), (-2, 1, 2), (0, 127, 8), (-128, 127, 8), (-129, 0, 9), (0, 128, 9)],
)
def test_bits_of_a_range(lowest, highest, bits):
    assert bits_of(lowest, highest) == bits


@pytest.mark.parametrize("signed", [False, True])
def test_sums_of_the_worst_activations_just_fit(signed):
    rng = np.random.default_rng(0)
    table, codes = exact_table(signed=signed), np.arange(256)
    for _ in range(20):
        fed = rng.integers(0, 256, (3, 3, 2, 1)).astype(np.uint8)
        signs = rng.integers(-1, 2, fed.shape).astype(np.int8)
        products = table[:, fed.ravel()] * signs.ravel()
        highest = int(np.maximum(products.max(axis=0), 0).sum())
        lowest = int(np.minimum(products.min(axis=0), 0).sum())
        assert sum_bits(fed, signs, table, codes) == bits_of(lowest, highest)
