"""Search spaces, and genotypes of them, that the tests of operators share."""

import numpy as np
from hypothesis import strategies as st

from evoapproxnas.config import GridConfig, SpaceConfig
from evoapproxnas.networks import KINDS, SearchSpace, adopt
from evoapproxnas.networks.operators import Scope
from evoapproxnas.networks.zoo import ZOO, space_with
from tests.networks.designs import make_space

ENERGIES = {"mul8u_a": 2.0, "mul8u_b": 1.0, "mul8u_c": 3.0}
MULTIPLIERS = tuple(ENERGIES)

LIMITS = {"max_depth": 40, "max_macs": 10**9, "max_parameters": 10**9}
ALL = SearchSpace.from_config(
    GridConfig(rows=3, columns=50, levels_back=12),
    space_with(SpaceConfig(nodes=tuple(KINDS), **LIMITS), *ZOO.values()),
    input_shape=(16, 16, 3),
    classes=10,
    multipliers=MULTIPLIERS,
)
"""Holds every network of the zoo."""

PAPER = make_space((16, 16, 3), rows=5, columns=20, levels_back=4, multipliers=MULTIPLIERS)
TIGHT = make_space(
    (8, 8, 1), rows=1, columns=8, levels_back=2, nodes=tuple(KINDS), multipliers=MULTIPLIERS
)
NARROW = make_space(
    (8, 8, 3), nodes=("conv2d", "summation"), multipliers=("mul8u_a",), channels=(4,)
)

SPACES = (ALL, PAPER, TIGHT, NARROW)
ZOO_GENOTYPES = [adopt(ALL, design, np.random.default_rng(0)) for design in ZOO.values()]


def scope(space, **options):
    return Scope(space, energy_pj=ENERGIES, **options)


@st.composite
def families(draw):
    """A space, two genotypes of it and a generator."""
    space = draw(st.sampled_from(SPACES))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    if space is ALL and draw(st.booleans()):
        one, other = (ZOO_GENOTYPES[int(rng.integers(len(ZOO_GENOTYPES)))] for _ in range(2))
    else:
        one, other = space.random(rng), space.random(rng)
    return space, (one, other), rng
