import itertools

from evoapproxnas.hardware.latency.census import count_operations_of, random_networks
from evoapproxnas.hardware.latency.measuring import measure_operations
from tests.hardware.latency.small import FUSION, PretendedRuntime, space, table

WANTED = list(count_operations_of(random_networks(space(), 20, seed=0, purpose="x"), FUSION))[:20]


def _last(steps):
    *_, last = steps
    return last


def test_all_is_measured_in_its_order():
    last = _last(measure_operations(PretendedRuntime(), WANTED, table()))
    assert [each.operation for each in last.table.operations] == WANTED
    assert (last.done, last.wanted) == (20, 20)
    assert all(each.executed == (each.operation.name,) for each in last.table.operations)


def test_what_is_in_the_table_is_not_measured_again():
    runtime = PretendedRuntime()
    known = table(WANTED[:15])
    last = _last(measure_operations(runtime, WANTED, known))
    assert last.table.operations[:15] == known.operations
    assert sum(runtime.batches) == last.wanted == 5


def test_no_operation_is_begun_when_time_is_over():
    clock = itertools.count()
    steps = list(
        measure_operations(
            PretendedRuntime(), WANTED, table(), seconds=3, clock=lambda: next(clock)
        )
    )
    assert len(steps) == 2


def test_one_that_cannot_be_converted_does_not_take_others_with_it():
    refused = WANTED[3]
    steps = list(
        measure_operations(PretendedRuntime(refuses=frozenset([refused])), WANTED, table())
    )
    assert refused not in steps[-1].table.measured
    assert len(steps[-1].table.operations) == 19
    assert [refused.name in s.refused for s in steps if s.refused] == [True]


def test_one_that_fast_kernels_refuse_is_measured_plainly_and_marked():
    slow = WANTED[2]
    last = _last(measure_operations(PretendedRuntime(slow=frozenset([slow])), WANTED, table()))
    assert [each.operation for each in last.table.operations if each.plain] == [slow]
