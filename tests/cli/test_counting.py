import math

import pytest

from evoapproxnas.cli.counting import agreement_told


@pytest.mark.parametrize(
    ("overall", "within", "told"),
    [
        (0.9312, 0.824, "rank correlation 0.93, 0.82 among equal MACs (7 candidates)"),
        (0.9312, math.nan, "rank correlation 0.93 (7 candidates)"),
        (math.nan, math.nan, "too few candidates that differ for a rank correlation (7)"),
    ],
)
def test_rungs_are_compared_as_far_as_there_are_candidates(overall, within, told):
    row = {"spearman": overall, "within_bins": within, "candidates": 7}
    assert agreement_told(row) == told
