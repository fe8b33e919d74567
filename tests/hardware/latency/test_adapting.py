from dataclasses import replace

import numpy as np
import pytest

from evoapproxnas.errors import MeasurementError
from evoapproxnas.hardware.devices.ranks import rank_correlation
from evoapproxnas.hardware.latency import (
    MeasuredOperation,
    count_operations_of,
    random_networks,
)
from evoapproxnas.hardware.latency.adapting import adapt_table, choose_probes
from evoapproxnas.hardware.latency.fusion import operation_counts
from tests.hardware.latency.small import FUSION, space, table

NETWORKS = list(random_networks(space(), 80, seed=0, purpose="adapting"))
OPERATIONS = list(count_operations_of(NETWORKS, FUSION))
TIMES = {o: 1e-3 * (1 + 1e-4 * o.macs + 1e-3 * o.elements) for o in OPERATIONS}
TABLE = table(OPERATIONS, times=TIMES)
FACTORS = {"conv2d": 2.0, "depthwise_conv2d": 9.0, "elu": 0.5}


def _elsewhere(network, factors=FACTORS, noise=0.0) -> float:
    """Latency on a device for which some kinds of operations are slower than others."""
    spent = sum(
        n * TIMES[o] * factors.get(o.kind, 1.0)
        for o, n in operation_counts(network, FUSION).items()
    )
    return (spent + 3 * TABLE.call_ms) * (1 + noise)


def _predicted(adapted, networks) -> np.ndarray:
    return np.array([adapted.predict(network).ms for network in networks])


def test_ten_networks_tell_how_the_other_device_differs():
    probes = choose_probes(TABLE, NETWORKS[:60], 10)
    assert len(set(probes)) == 10
    measured = [NETWORKS[place] for place in probes]
    adapted = adapt_table(TABLE, measured, [_elsewhere(n) for n in measured], device="phone")
    truth = [_elsewhere(network) for network in NETWORKS[60:]]
    assert rank_correlation(_predicted(adapted, NETWORKS[60:]), truth) > 0.97
    assert rank_correlation(_predicted(TABLE, NETWORKS[60:]), truth) < 0.97


def test_a_device_that_is_slower_altogether_is_found_exactly():
    measured = NETWORKS[:4]
    latency = [4 * TABLE.predict(network).ms for network in measured]
    adapted = adapt_table(TABLE, measured, latency, device="phone")
    np.testing.assert_allclose(
        _predicted(adapted, NETWORKS), 4 * _predicted(TABLE, NETWORKS), rtol=1e-3
    )


def test_it_says_what_it_is_of():
    adapted = adapt_table(TABLE, NETWORKS[:4], [1.0, 2.0, 3.0, 4.0], device="phone")
    assert adapted.machine["processor"] == "phone"
    assert adapted.adapted_from == "pretended"
    assert adapted.check is None
    assert all(each.ms >= 0 for each in adapted.operations)


def _free(measured: MeasuredOperation) -> MeasuredOperation:
    return replace(measured, ms=0.0, fastest_ms=0.0, call_ms=0.0)


def test_what_says_too_little_is_refused():
    with pytest.raises(MeasurementError, match="at least 2"):
        adapt_table(TABLE, NETWORKS[:1], [1.0], device="phone")
    with pytest.raises(MeasurementError, match="at least 2 different"):
        adapt_table(TABLE, [NETWORKS[0]] * 3, [1.0, 1.0, 500.0], device="phone")
    free = replace(TABLE, operations=tuple(map(_free, TABLE.operations)))
    with pytest.raises(MeasurementError, match="times of 0 ms only"):
        adapt_table(free, NETWORKS[:2], [1.0, 2.0], device="phone")
    with pytest.raises(MeasurementError, match="not negative"):
        adapt_table(TABLE, NETWORKS[:2], [1.0, -1.0], device="phone")
    with pytest.raises(MeasurementError, match="2 to 5 networks"):
        choose_probes(TABLE, NETWORKS[:5], 6)
