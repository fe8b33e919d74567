from dataclasses import replace

import pytest

from evoapproxnas.errors import MeasurementError
from evoapproxnas.hardware.latency import Repetitions
from evoapproxnas.hardware.latency.checking import CheckedNetwork, check_networks, summarize
from tests.hardware.latency.small import (
    FUSION,
    PretendedRuntime,
    convolution,
    network,
    runtime_operations,
    table,
)

NETWORKS = [
    network(convolution()),
    network(convolution(), convolution(0), convolution(1, channels=16)),
]
OPERATIONS = tuple(dict.fromkeys(o for n in NETWORKS for o in runtime_operations(n, FUSION)))
ONCE = Repetitions(warm_up=0, least=1, seconds=0.0)


def _checked(known, runtime=None):
    return list(check_networks(runtime or PretendedRuntime(), NETWORKS, known, ONCE))


def test_operators_are_those_that_the_table_expects():
    rows = _checked(table(OPERATIONS))
    assert [row.difference for row in rows] == [(), ()]
    assert [row.predicted_ms for row in rows] == [
        table(OPERATIONS).predict(n).ms for n in NETWORKS
    ]


def test_other_operators_are_named():
    known = table(OPERATIONS)
    first = replace(known.operations[0], executed=("QUANTIZE",))
    rows = _checked(replace(known, operations=(first, *known.operations[1:])))
    assert rows[0].difference == (OPERATIONS[0].name, "-QUANTIZE")


def test_operations_that_the_table_lacks_are_counted():
    rows = _checked(table(OPERATIONS[1:]))
    assert [row.interpolated for row in rows] == [1, 1]


def test_a_network_that_cannot_be_run_or_predicted_is_refused():
    runtime = PretendedRuntime(slow=frozenset([OPERATIONS[-1]]))
    rows = _checked(table(OPERATIONS), runtime)
    assert [bool(row.refused) for row in rows] == [False, True]
    only = table([o for o in OPERATIONS if o.kind == "conv2d"])
    assert all("no operation of kind" in row.refused for row in _checked(only))


def test_ranks_are_correlated_among_networks_that_ran():
    rows = [
        CheckedNetwork(n, p, m, p, m, 10, i)
        for n, (p, m, i) in enumerate([(1.0, 2.0, 0), (2.0, 4.0, 1), (3.0, 3.0, 0), (4.0, 5.0, 0)])
    ]
    refused = CheckedNetwork(4, 0.0, 0.0, 0.0, 0.0, 10, 0, refused="no")
    found = summarize([*rows, refused])
    assert (found.networks, found.refused, found.interpolated_pct) == (4, 1, 2.5)
    assert found.spearman == pytest.approx(0.8)
    assert found.error_pct == pytest.approx(35.0)


def test_too_few_networks_are_said():
    with pytest.raises(MeasurementError, match="needs two networks"):
        summarize(_checked(table(OPERATIONS))[:1])
