import numpy as np
from hypothesis import strategies as st

from evoapproxnas.cgp import Function, Grid, random_genotype

FUNCTIONS = (
    Function("constant", 0),
    Function("unary", 1, (3,)),
    Function("binary", 2, (2, 5)),
    Function("ternary", 3),
)


@st.composite
def grids(draw):
    size = st.integers(1, 6)
    functions = draw(st.lists(st.sampled_from(FUNCTIONS), min_size=1, unique=True))
    return Grid(*(draw(size) for _ in range(5)), tuple(functions))


@st.composite
def genotypes(draw):
    return random_genotype(draw(grids()), np.random.default_rng(draw(st.integers(0, 2**32))))
