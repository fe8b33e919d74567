"""Networks on accelerators: parts add up, bounds hold, what is not covered is an error."""

import numpy as np
import pytest

from evoapproxnas.errors import ConfigError, MultiplierError
from evoapproxnas.hardware import Workload, multiplier_energy_nj, network_workload
from evoapproxnas.hardware.accelerators import (
    accelerator_names,
    activations_kb,
    load_accelerator,
    memory_kb,
    price_all,
    system_cost,
    weights_kb,
)
from evoapproxnas.multipliers import Multiplier, exact_multiplier, exact_table
from evoapproxnas.networks.zoo import zoo_network

NETWORK = zoo_network("resnet8", (32, 32, 3), 10)
WORK = network_workload(NETWORK)


def _multiplier(**figures: float) -> Multiplier:
    return Multiplier.from_table("mine", exact_table(signed=False), **figures)


@pytest.mark.parametrize("name", accelerator_names())
def test_layers_and_their_parts_add_up(name: str):
    cost = system_cost(WORK, {}, load_accelerator(name))
    assert sum(layer.energy_nj for layer in cost.layers) == pytest.approx(cost.energy_nj)
    assert sum(layer.cycles for layer in cost.layers) == pytest.approx(cost.data.cycles)
    for layer in cost.layers:
        ideal = layer.work.multiplications / cost.data.accelerator.elements
        assert 0 < layer.cost.utilization <= 1
        assert layer.cycles >= ideal


def test_multiplier_energy_is_a_part_of_system_energy():
    exact = exact_multiplier(signed=False)
    everywhere = dict.fromkeys(WORK.multiplications, exact)
    cost = system_cost(WORK, everywhere, load_accelerator("eyeriss"))
    assert cost.multiplier_nj == pytest.approx(multiplier_energy_nj(WORK, everywhere))
    half = _multiplier(power_uw=exact.power_uw / 2)
    cheaper = system_cost(WORK, dict.fromkeys(WORK.multiplications, half), cost.data.accelerator)
    saved = cost.energy_nj - cheaper.energy_nj
    assert saved == pytest.approx(cost.exact_multiplier_nj / 2)
    assert saved / cost.energy_nj == pytest.approx(cost.multiplier_share / 2)


def test_resnet8_macs_take_the_share_of_energy_that_zigzag_states():
    cost = system_cost(WORK, {}, load_accelerator("eyeriss_like"))
    macs = sum(layer.multiplier_nj + layer.accumulator_nj for layer in cost.layers)
    assert macs / cost.energy_nj == pytest.approx(0.06, abs=0.02)


def test_a_slow_multiplier_lowers_the_clock_and_a_fast_one_does_not_raise_it():
    accelerator = load_accelerator("eyeriss")
    slow, fast = (
        system_cost(
            WORK,
            dict.fromkeys(WORK.multiplications, _multiplier(power_uw=1, delay_ns=delay)),
            accelerator,
        )
        for delay in (20.0, 0.1)
    )
    assert fast.clock_mhz == accelerator.clock_mhz
    assert slow.clock_mhz == pytest.approx(50)
    assert slow.latency_ms == pytest.approx(4 * fast.latency_ms)
    assert slow.edp == pytest.approx(4 * fast.edp)


def test_area_grows_by_the_circuits_of_every_element():
    accelerator = load_accelerator("eyeriss")
    small, large = (
        system_cost(
            WORK,
            dict.fromkeys(WORK.multiplications, _multiplier(area_um2=area)),
            accelerator,
        ).area_mm2
        for area in (100.0, 1100.0)
    )
    assert large - small == pytest.approx(168 * 1000 / 1e6)


def test_figures_that_a_multiplier_lacks_are_named():
    unknown = dict.fromkeys(WORK.multiplications, _multiplier())
    cost = system_cost(WORK, unknown, load_accelerator("eyeriss"))
    with pytest.raises(MultiplierError, match="no power figure"):
        _ = cost.energy_nj
    with pytest.raises(MultiplierError, match="delay_ns of multiplier 'mine' is unknown"):
        _ = cost.latency_ms
    with pytest.raises(MultiplierError, match="area_um2"):
        _ = cost.area_mm2


def test_layers_that_are_not_covered_are_an_error_and_never_free():
    work = Workload(WORK.layers, ("attention: MultiHeadAttention",))
    with pytest.raises(ConfigError, match="attention: MultiHeadAttention"):
        system_cost(work, {}, load_accelerator("eyeriss"))
    with pytest.raises(MultiplierError, match="'other' is not in the workload"):
        system_cost(WORK, {"other": exact_multiplier()}, load_accelerator("eyeriss"))
    with pytest.raises(ConfigError, match="this network has none: nothing to price"):
        system_cost(Workload(()), {}, load_accelerator("eyeriss"))


def test_many_points_cost_what_each_costs_alone():
    accelerators = [load_accelerator(name) for name in accelerator_names()]
    multiplier = exact_multiplier(signed=False)
    costs = [system_cost(WORK, {}, accelerator) for accelerator in accelerators]
    energy, latency = price_all(
        [WORK],
        np.array([costs[0].multiplier_nj]),
        np.array([multiplier.delay_ns]),
        np.array([0]),
        accelerators,
    )
    assert energy[0] == pytest.approx([cost.energy_nj for cost in costs])
    assert latency[0] == pytest.approx([cost.latency_ms for cost in costs])


def test_memory_is_weights_and_the_most_activations_at_a_time():
    assert weights_kb(WORK) * 1024 == sum(layer.weights for layer in WORK.layers)
    assert memory_kb(NETWORK) == weights_kb(WORK) + activations_kb(NETWORK)
    largest = 32 * 32 * 16 / 1024
    assert 2 * largest <= activations_kb(NETWORK) <= 4 * largest
