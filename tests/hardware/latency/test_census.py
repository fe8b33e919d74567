import pytest

from evoapproxnas.hardware.latency.census import (
    count_operations_of,
    coverage,
    random_networks,
)
from tests.hardware.latency.small import FUSION, convolution, network, runtime_operations, space


def test_the_most_frequent_operations_come_first_and_always_in_one_order():
    networks = list(random_networks(space(), 20, seed=1, purpose="census"))
    counts = count_operations_of(networks, FUSION)
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    assert list(counts) == list(count_operations_of(reversed(networks), FUSION))
    assert counts.total() == sum(len(runtime_operations(n, FUSION)) for n in networks)


def test_networks_of_another_purpose_are_others():
    census, check = (
        [n.key for n in random_networks(space(), 5, seed=1, purpose=purpose)]
        for purpose in ("census", "check")
    )
    assert census != check
    assert census == [n.key for n in random_networks(space(), 5, seed=1, purpose="census")]


def test_what_a_table_lacks_is_counted():
    known, other = network(convolution()), network(convolution(channels=16))
    has = dict.fromkeys(runtime_operations(known, FUSION))
    found = coverage([known, other, other], FUSION, has)
    assert (found.networks, found.whole, found.operations) == (3, 1, 9)
    # Of the other one: the convolution, its pooling over more channels, and its dense layer.
    assert list(found.missing.values()) == [2, 2, 2]
    assert found.missing_share == pytest.approx(6 / 9)
