import numpy as np
import pytest

from evoapproxnas.errors import MeasurementError
from evoapproxnas.hardware.devices import reference_networks
from evoapproxnas.hardware.devices.counts import count_operations
from evoapproxnas.hardware.hw_nas_bench.cells import ops_of


def determinant(networks):
    terms = [count_operations(networks, prune=kind).terms for kind in ("none", "unused")]
    both = np.hstack([terms[0], terms[1][:, 1:]])
    return np.linalg.slogdet(both.T @ both + 1e-3 * np.eye(both.shape[1]))[1]


def test_references_tell_more_than_random_networks():
    rng = np.random.default_rng(0)
    draws = [rng.choice(15625, 10, replace=False).tolist() for _ in range(200)]
    assert determinant(reference_networks()) > max(map(determinant, draws)) + 1


def test_no_exchange_of_a_network_tells_more():
    chosen, rng = reference_networks(), np.random.default_rng(1)
    best = determinant(chosen)
    for place in range(10):
        for other in rng.choice(15625, 20).tolist():
            assert determinant([*chosen[:place], other, *chosen[place + 1 :]]) <= best + 1e-9


def test_references_are_always_the_same_and_differ():
    assert reference_networks() == reference_networks(10)
    assert len(set(reference_networks())) == 10
    assert (0,) * 6 in map(ops_of, reference_networks())


@pytest.mark.parametrize("count", [1, 5, 30])
def test_there_are_as_many_as_wanted(count):
    assert len(set(reference_networks(count))) == count


def test_impossible_numbers_are_refused():
    for count in (0, 15626):
        with pytest.raises(MeasurementError, match="expected 1 to 15625 reference networks"):
            reference_networks(count)
