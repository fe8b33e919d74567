import numpy as np
import pytest

from evoapproxnas.errors import MeasurementError
from evoapproxnas.hardware.devices import KnownDevices, reference_networks
from evoapproxnas.hardware.devices.counts import count_operations
from evoapproxnas.hardware.devices.ranks import rank_correlation
from evoapproxnas.hardware.hw_nas_bench.cells import canonical_cells

CELLS = canonical_cells()
EVERY, USED = (count_operations(CELLS, prune=kind).values for kind in ("none", "unused"))
COSTS = np.array([[0.1, 0.3, 2, 9, 1], [0.5, 0.2, 3, 4, 2], [0.2, 0.1, 1, 2, 2]])
SLOWER_LAST = 1 + 0.5 * (CELLS[:, 5] == 3)
"""A device on which the last edge takes longer than counts say."""


@pytest.fixture(scope="module")
def known():
    rng = np.random.default_rng(0)
    networks = rng.choice(15625, 900, replace=False)
    devices = [SLOWER_LAST * (3 + EVERY @ costs) for costs in COSTS]
    noisy = [each[networks] * rng.normal(1, 0.02, 900) for each in devices]
    return KnownDevices.learn(networks.tolist(), noisy)


def predicted(known, latency, networks=None):
    networks = networks or reference_networks()
    return known.predict(networks, latency[list(networks)])


def test_a_device_like_others_is_known_from_four_measurements(known):
    truth = SLOWER_LAST * (4 + EVERY @ (0.5 * COSTS[0] + 0.5 * COSTS[1]))
    networks = [7581, 1462, 4317, 10]
    found = predicted(known, truth, networks)
    assert found.shape == (15625,)
    assert rank_correlation(found, truth) > 0.98
    assert np.median(np.abs(found / truth - 1)) < 0.1


def test_a_device_like_no_other_is_known_from_its_measurements(known):
    for counts in (EVERY, USED):
        truth = 1 + counts @ [0, 0, 5, 1, 7]
        found = predicted(known, truth)
        assert found == pytest.approx(truth, abs=2e-3)


def test_predictions_are_not_negative_and_follow_the_unit(known):
    truth = 0.01 + USED @ [0, 0, 1, 3, 1]
    found = predicted(known, truth)
    assert (found >= 0).all()
    assert predicted(known, 1000 * truth) == pytest.approx(1000 * found, rel=1e-4, abs=1e-3)


def test_too_little_about_other_devices_is_refused():
    with pytest.raises(MeasurementError, match="other devices, got none"):
        KnownDevices.learn([1, 2], [])
    with pytest.raises(MeasurementError, match="20 networks say too little .* at least 38"):
        KnownDevices.learn(list(range(20)), [np.ones(20)])
    with pytest.raises(MeasurementError, match="one latency for each of 900"):
        KnownDevices.learn(list(range(900)), [np.ones(900), np.ones(3)])


def test_what_is_no_latency_is_refused(known):
    with pytest.raises(MeasurementError, match="got shape"):
        known.predict(reference_networks(), [1.0])
