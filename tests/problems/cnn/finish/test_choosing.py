import json
from dataclasses import replace

import pytest

from evoapproxnas.errors import MultiplierError
from evoapproxnas.networks import Network
from evoapproxnas.problems.cnn.finish.choosing import chosen_points, exact_baselines
from evoapproxnas.problems.cnn.finish.records import Assigned, Found
from evoapproxnas.problems.cnn.population import initial_candidates, make_space
from tests.fakes import tiny_config


@pytest.fixture(scope="module")
def network():
    (candidate,) = initial_candidates(make_space(tiny_config()), 0, 0, 1)
    return Network.from_dict(json.loads(candidate.network))


def assigned(network, *points):
    front = [
        Found(
            assignment=dict.fromkeys(network.assignment, "mul8u_or8_v6"),
            val_accuracy=accuracy,
            energy_nj=10 * energy,
            relative_energy=energy,
        )
        for energy, accuracy in points
    ]
    return Assigned(
        front=tuple(front),
        val_exact8_accuracy=0.9,
        float_accuracy=0.9,
        exact8_accuracy=0.9,
        test_images=9,
        seconds=1.0,
    )


def labels(network, found, *, count, max_loss_points=10.0):
    chosen = chosen_points(network, found, count=count, max_loss_points=max_loss_points)
    return [one.label for one in chosen]


def test_points_are_spread_over_the_logarithm_of_energy(network):
    found = assigned(network, *((e, 0.9) for e in (1.0, 0.8, 0.79, 0.4, 0.2, 0.19, 0.1)))
    assert labels(network, found, count=4) == ["f2", "f4", "f5", "f7"]
    assert labels(network, found, count=2) == ["f2", "f7"]
    assert len(labels(network, found, count=1)) == 1
    assert labels(network, found, count=9) == ["f2", "f3", "f4", "f5", "f6", "f7"]


def test_exact_8_bit_and_what_loses_too_much_are_left_out(network):
    found = assigned(network, (1.0, 0.9), (0.5, 0.89), (0.3, 0.82), (0.1, 0.3))
    assert labels(network, found, count=4) == ["f2", "f3"]
    assert labels(network, found, count=4, max_loss_points=2.0) == ["f2"]


def test_a_baseline_is_not_fine_tuned_twice(network):
    baselines = exact_baselines(network, [6], signed=False)
    found = assigned(network, (0.5, 0.89), (0.3, 0.88))
    same = replace(found.front[0], assignment=baselines[0].network.assignment)
    found = replace(found, front=(same, *found.front[1:]))
    (chosen,) = chosen_points(network, found, count=4, max_loss_points=10, baselines=baselines)
    assert chosen.label == "f2"


def test_baselines_leave_the_head_as_it_is(network):
    six, mixed = exact_baselines(network, [6, "a6w4"], signed=False)
    assert (six.label, six.kind, mixed.label) == ("a6w6", "exact a6w6", "a6w4")
    *convolutions, head = network.approx_layers
    assert {six.network.assignment[layer.name] for layer in convolutions} == {"mul8u_exact_a6w6"}
    assert six.network.assignment[head.name] == head.multiplier
    with pytest.raises(MultiplierError, match="expected 2 to 8, got 9"):
        exact_baselines(network, [9], signed=False)
