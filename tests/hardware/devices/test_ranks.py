import pytest
from scipy.stats import spearmanr

from evoapproxnas.hardware.devices.ranks import rank_correlation


def test_ranks_correlate_as_scipy_says():
    one, other = [3, 1, 4, 1, 5, 9, 2, 6], [2, 7, 1, 8, 2, 8, 1, 8]
    assert rank_correlation(one, other) == pytest.approx(spearmanr(one, other).statistic)


def test_what_says_nothing_agrees_with_nothing():
    assert rank_correlation([1, 1, 1], [1, 2, 3]) == 0
