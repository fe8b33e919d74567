import numpy as np
import pytest

from evoapproxnas.errors import MultiplierError, UnknownNameError
from evoapproxnas.multipliers import Multiplier, load_library
from evoapproxnas.objectives import OBJECTIVES, Subject, get_objective
from evoapproxnas.objectives.energy import energy_nj, relative_energy
from evoapproxnas.search import make_space
from tests.fakes import tiny_config


@pytest.fixture(scope="module")
def network():
    space = make_space(tiny_config())
    return space.decode(space.random(np.random.default_rng(3)))


def test_energy_is_multiplications_times_energy_of_each(network):
    library = load_library()
    expected = sum(
        layer.multiplications * library[layer.multiplier].energy_pj
        for layer in network.approx_layers
    )
    assert energy_nj(network, library) == pytest.approx(expected / 1000)


def test_exact_network_has_relative_energy_one(network):
    library = load_library()
    exact = {layer.multiplier: library["exact8"] for layer in network.approx_layers}
    assert relative_energy(network, {**exact, "exact8": library["exact8"]}) == pytest.approx(1)
    assert 0 < relative_energy(network, library) <= 1


def test_unknown_power_is_an_error_not_zero(network):
    blank = Multiplier.from_table("blank", np.multiply.outer(np.arange(256), np.arange(256)))
    library = dict.fromkeys([layer.multiplier for layer in network.approx_layers], blank)
    with pytest.raises(MultiplierError, match="'blank' has no power figure"):
        energy_nj(network, library)


def test_every_objective_measures_a_subject(network):
    subject = Subject(network, load_library(), accuracy=0.75)
    figures = {name: objective.measure(subject) for name, objective in OBJECTIVES.items()}
    assert figures["error"] == 0.25
    assert figures["parameters"] == network.parameters
    assert all(isinstance(figure, float) for figure in figures.values())


def test_unknown_objectives_suggest():
    with pytest.raises(UnknownNameError, match="did you mean 'energy_nj'"):
        get_objective("energy")
