import numpy as np
import pytest

from evoapproxnas.cgp import Grid
from tests.cgp.strategies import FUNCTIONS


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def grid():
    return Grid(rows=2, columns=5, levels_back=2, inputs=3, outputs=2, functions=FUNCTIONS)
