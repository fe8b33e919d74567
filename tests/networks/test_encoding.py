import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evoapproxnas.errors import ConfigError, UnknownNameError
from evoapproxnas.networks import Node, design_of, encode
from tests.networks.designs import build, conv, make_space

ROOMY = make_space(rows=20, columns=60, levels_back=60)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32))
def test_a_decoded_design_encodes_to_the_same_network(seed):
    rng = np.random.default_rng(seed)
    genotype = ROOMY.random(rng)
    again = encode(ROOMY, design_of(ROOMY, genotype), rng)
    assert ROOMY.decode(again) == ROOMY.decode(genotype)


@pytest.mark.parametrize(
    ("nodes", "error", "words"),
    [
        ([Node("conv")], UnknownNameError, "did you mean 'conv2d'"),
        ([conv(chanels=4)], UnknownNameError, "did you mean 'channels'"),
        ([conv(channels=5)], ConfigError, r"conv2d.channels: expected one of \(4, 6, 8\), got 5"),
        ([Node("summation", (-1,))], ConfigError, "expected 2 inputs among -1..-1"),
        ([conv((0,))], ConfigError, "node 0"),
    ],
)
def test_wrong_designs_are_refused(nodes, error, words):
    with pytest.raises(error, match=words):
        build(ROOMY, *nodes)


def test_a_design_must_fit_the_grid():
    chain = [conv(), *(Node("batch_norm", (i,)) for i in range(3))]
    with pytest.raises(ConfigError, match="node 3: no free place within 3 columns"):
        build(make_space(rows=1, columns=3), *chain)
    with pytest.raises(ConfigError, match="levels-back 1"):
        build(make_space(levels_back=1), *chain, Node("summation", (0, 3)))
