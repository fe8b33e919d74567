import numpy as np
import pytest

from evoapproxnas.multipliers import load_library
from evoapproxnas.networks.zoo import zoo_network
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


@pytest.mark.parametrize("name", ["mobilenet_10m", "shufflenet_10m"])
def test_every_layer_of_a_block_is_priced_with_its_own_multiplier(name):
    config, library = tiny_config(), load_library()
    exact = config.quantization.exact_multiplier
    network = zoo_network(name, (8, 8, 3), 10)
    network = network.with_assignment(dict.fromkeys(network.assignment, exact))
    figures = price(network, library, config)
    assert figures["relative_energy"] == pytest.approx(1.0)
    layer = network.approx_layers[1]
    cheap = min(library, key=lambda other: library[other].energy_pj or np.inf)
    changed = price(network.with_assignment({layer.name: cheap}), library, config)
    saved_pj = layer.multiplications * (library[exact].energy_pj - library[cheap].energy_pj)
    saved_nj = figures["energy_nj"] - changed["energy_nj"]
    assert saved_nj == pytest.approx(saved_pj / 1000, rel=1e-6)
