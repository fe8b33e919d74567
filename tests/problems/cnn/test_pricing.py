import numpy as np

from evoapproxnas.multipliers import load_library
from evoapproxnas.problems.cnn.population import make_space
from evoapproxnas.problems.cnn.pricing import price
from tests.fakes import tiny_config


def test_what_a_network_costs_is_known_before_training():
    config = tiny_config()
    space = make_space(config)
    network = space.decode(space.random(np.random.default_rng(0)))
    figures = price(network, load_library(), config)
    assert "error" not in figures
    assert figures["macs"] == network.macs
    assert figures["depth"] == network.depth
    ratio = figures["energy_nj"] / figures["exact8_energy_nj"]
    assert figures["relative_energy"] == ratio
