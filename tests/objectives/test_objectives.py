import numpy as np
import pytest

from evoapproxnas.errors import MultiplierError, UnknownNameError
from evoapproxnas.multipliers import Multiplier, load_library
from evoapproxnas.objectives import (
    OBJECTIVES,
    REPORTED,
    Objective,
    Subject,
    get_objective,
    measure,
)
from evoapproxnas.objectives.energy import energy_nj, relative_energy
from evoapproxnas.problems.cnn.population import make_space
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


def test_all_layers_are_compared_with_the_exact_multiplier_of_the_run(network):
    library = load_library()
    names = ("mul8s_exact", "mul8u_exact")
    mixed = {x.multiplier: library[names[i % 2]] for i, x in enumerate(network.approx_layers)}
    bases = {"exact8": library["exact8"], "exact8s": library["exact8s"]}
    total = energy_nj(network, mixed)
    for exact, base in bases.items():
        expected = network.macs * base.energy_pj / 1000
        assert total / relative_energy(network, {**mixed, **bases}, exact=exact) == (
            pytest.approx(expected)
        )


def test_figures_are_computed_only_where_asked_for(network, monkeypatch):
    asked = []

    def layers(subject):
        asked.append("layers")
        return 3.0

    def speed(subject):
        asked.append("speed")
        return subject.accuracy

    monkeypatch.setitem(
        OBJECTIVES, "layers", Objective("layers", "min", "layers", "cheap", layers)
    )
    monkeypatch.setitem(OBJECTIVES, "speed", Objective("speed", "max", "1/s", "trained", speed))
    subject = Subject(network, load_library(), accuracy=0.75)
    plain, more = tiny_config(), tiny_config("search.limits={layers=9, speed=1}")
    assert set(measure(subject, plain, cost="cheap")) == set(REPORTED) - {"error"}
    assert measure(subject, plain, cost="trained") == {"error": 0.25}
    assert asked == []
    assert measure(subject, more, cost="cheap")["layers"] == 3.0
    assert measure(subject, more, cost="trained") == {"error": 0.25, "speed": 0.75}
    assert asked == ["layers", "speed"]


def test_objectives_may_be_built_from_the_configuration(monkeypatch):
    def build(config):
        return Objective(f"rate_{config.seed}", "max", "1", "cheap", lambda s: 1.0)

    monkeypatch.setitem(OBJECTIVES, "rate", build)
    assert get_objective("rate", tiny_config("seed=7")).name == "rate_7"


def test_unknown_objectives_suggest():
    with pytest.raises(UnknownNameError, match="did you mean 'energy_nj'"):
        get_objective("energy", tiny_config())


def test_system_figures_are_those_of_the_accelerator_of_the_configuration(network):
    names = ["system_energy_nj", "latency_ms", "edp", "area_mm2", "memory_kb"]
    library = load_library()
    found = {}
    for accelerator in ("eyeriss", "edge_tpu"):
        config = tiny_config(
            f"search.objectives={['error', *names]}", f"hardware.accelerator={accelerator}"
        )
        found[accelerator] = figures = measure(Subject(network, library), config, cost="cheap")
        assert figures["system_energy_nj"] > figures["energy_nj"] > 0
        assert figures["edp"] == pytest.approx(figures["system_energy_nj"] * figures["latency_ms"])
    small, large = found["eyeriss"], found["edge_tpu"]
    assert small["memory_kb"] == large["memory_kb"]
    assert small["area_mm2"] < large["area_mm2"]
    assert small["latency_ms"] > large["latency_ms"]


def test_an_unknown_accelerator_is_named(network):
    config = tiny_config("hardware.accelerator=eyeris")
    with pytest.raises(UnknownNameError, match="did you mean 'eyeriss'"):
        get_objective("edp", config)
