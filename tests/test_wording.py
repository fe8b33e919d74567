import numpy as np
import pytest

from evoapproxnas.wording import several


@pytest.mark.parametrize(
    ("count", "noun", "expected"),
    [
        (1, "entry", "1 entry"),
        (2000, "entry", "2,000 entries"),
        (0, "training", "0 trainings"),
        (1.0, "pass", "1 pass"),
        (2.5, "pass", "2.5 passes"),
        (np.int64(1_000_000), "image", "1,000,000 images"),
    ],
)
def test_counts_have_their_nouns(count, noun, expected):
    assert several(count, noun) == expected
