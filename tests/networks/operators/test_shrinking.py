import numpy as np
import pytest

from evoapproxnas.errors import ConfigError
from evoapproxnas.networks import encode
from evoapproxnas.networks.operators import Scope, shrunk
from tests.networks.designs import conv, make_space
from tests.networks.operators.spaces import ALL, PAPER

SPACE = make_space(nodes=("conv2d",), channels=(4, 6, 8))


def outcomes(*pairs):
    """Networks of one convolution each: (channels, kernel, rank)."""
    rng = np.random.default_rng(0)
    return [
        (encode(SPACE, [conv(channels=channels, kernel=kernel)], rng), rank)
        for channels, kernel, rank in pairs
    ]


MIXED = outcomes(
    *[(8, 2, 5.0), (8, 3, 4.0), (6, 2, 2.0), (6, 3, 1.0), (4, 2, 3.0), (4, 3, 2.0)] * 3
)


def test_the_worst_value_of_each_parameter_goes():
    left = shrunk(SPACE, MIXED, fewest=1)
    assert left["conv2d.channels"] == (4, 6)
    assert left["conv2d.kernel"] == (3,)
    assert Scope(SPACE, allowed=left).genes(0, 1) == (0, 1)


def test_it_goes_on_from_what_is_left():
    once = shrunk(SPACE, MIXED, fewest=1)
    twice = shrunk(SPACE, MIXED, fewest=1, allowed=once)
    assert twice["conv2d.channels"] == (6,)
    assert shrunk(SPACE, MIXED, fewest=1, allowed=twice)["conv2d.channels"] == (6,)
    assert once["conv2d.channels"] == (4, 6)


def test_the_fewest_values_stay():
    left = shrunk(SPACE, MIXED, fewest=3)
    assert left == {}


def test_nothing_goes_without_evidence():
    assert shrunk(SPACE, MIXED, fewest=1, evidence=7) == {"conv2d.kernel": (3,)}
    assert shrunk(SPACE, [], fewest=1) == {}
    equal = [(genotype, 1.0) for genotype, _ in MIXED]
    assert shrunk(SPACE, equal, fewest=1) == {}


def test_only_the_given_parameters_shrink():
    assert set(shrunk(SPACE, MIXED, fewest=1, parameters=("kernel",))) == {"conv2d.kernel"}


def test_the_same_outcomes_leave_the_same_of_a_large_space():
    rng = np.random.default_rng(0)
    found = [(ALL.random(rng), float(rank)) for rank in rng.integers(5, size=60)]
    left = shrunk(ALL, found, evidence=2)
    assert left
    assert list(left.items()) == list(shrunk(ALL, found, evidence=2).items())
    assert Scope(ALL, allowed=left).allowed == left
    assert all(len(values) >= 2 for values in left.values())


@pytest.mark.parametrize("options", [{"fewest": 0}, {"evidence": 0}])
def test_wrong_options_are_refused(options):
    with pytest.raises(ConfigError, match="at least 1"):
        shrunk(SPACE, MIXED, **options)


def test_genotypes_of_another_space_are_refused():
    with pytest.raises(ConfigError, match="the grid of this search space"):
        shrunk(PAPER, MIXED)
