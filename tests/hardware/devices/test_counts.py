import numpy as np
import pandas as pd
import pytest

from evoapproxnas.errors import MeasurementError, UnknownNameError
from evoapproxnas.hardware.devices.counts import cells_of, count_operations, used_operations
from evoapproxnas.hardware.hw_nas_bench.cells import arch_string, canonical_cells, index_of

UNREAD = [2, 3, 4, 1, 0, 0]
"""Nodes 1 and 2 lead nowhere."""


def test_a_cell_is_a_number_a_string_or_its_operations():
    number = index_of(UNREAD)
    named = cells_of([number, np.int64(number), str(number), arch_string(number), UNREAD])
    assert (named == UNREAD).all()
    assert (cells_of(canonical_cells()) == canonical_cells()).all()
    assert cells_of(range(3)).tolist() == canonical_cells()[:3].tolist()
    assert cells_of([]).shape == (0, 6)


@pytest.mark.parametrize(
    "bad",
    [
        *([-1], [15625], ["nothing"], [[1, 2, 3]], [[5] * 6], np.eye(6)[:, 1:]),
        *([0.7], [1.0], [float("nan")], [None], ["--5"], [[[1], 2, 3, 4, 0, 0]], [{"conv": 1}]),
    ],
)
def test_what_is_no_cell_is_refused(bad):
    with pytest.raises(UnknownNameError):
        cells_of(bad)


def test_networks_come_in_an_order():
    numbered = pd.Series([3, 4], index=[7, 8])
    assert (cells_of(numbered) == canonical_cells()[[3, 4]]).all()
    assert (cells_of(number for number in (3, 4)) == canonical_cells()[[3, 4]]).all()
    for bad in (3, arch_string(3), {"conv": 1}, {3, 4}, np.array(3), None):
        with pytest.raises(MeasurementError, match="expected a list of networks, got"):
            count_operations(bad, prune="none")


def test_results_that_nobody_reads_need_not_count():
    every, used = (count_operations([UNREAD], prune=kind) for kind in ("none", "unused"))
    assert every.values.tolist() == [[2, 1, 1, 1, 1]]
    assert used.values.tolist() == [[2, 1, 0, 0, 0]]
    assert (every.unknowns, used.unknowns) == (5, 6)
    assert every.terms.tolist() == [[1, 2, 1, 1, 1, 1]]


def test_what_reads_zeros_is_used():
    from_zeros = np.array([[0, 0, 0, 0, 3, 2]], np.int8)
    assert used_operations(from_zeros).all()


def test_used_operations_are_those_that_change_the_output():
    """Against paths to the output, found one by one."""
    rng = np.random.default_rng(0)
    cells = canonical_cells()[rng.choice(15625, 300, replace=False)]
    onwards = {1: ((2, 2), (3, 4)), 2: ((3, 5),), 3: ()}

    def reaches(node, ops):
        return node == 3 or any(ops[edge] and reaches(to, ops) for to, edge in onwards[node])

    expected = [[reaches(node, ops) for node in (1, 2, 2, 3, 3, 3)] for ops in cells]
    assert used_operations(cells).tolist() == expected


def test_counts_of_another_space_are_mappings():
    counts = count_operations([{"conv": 3, "pool": 1}, {"add": 2}], prune="unused")
    assert counts.operations == ("add", "conv", "pool")
    assert counts.values.tolist() == [[0, 3, 1], [2, 0, 0]]
    assert counts.unknowns == 4


def test_counts_are_numbers_from_zero():
    numpy_too = count_operations([{"conv": np.int64(2), "pool": np.float32(1)}], prune="none")
    assert numpy_too.values.tolist() == [[2, 1]]
    with pytest.raises(MeasurementError, match="network 1: expected names of operations, got 5"):
        count_operations([{"conv": 1}, {5: 1}], prune="none")
    for bad in (-1, float("nan"), "two", None, 10**400):
        with pytest.raises(MeasurementError, match="network 1: expected how often it has 'conv'"):
            count_operations([{"conv": 1}, {"conv": bad}], prune="none")
    with pytest.raises(UnknownNameError, match="either all cells or all counts, but number 1"):
        count_operations([{"conv": 1}, 7], prune="none")
    with pytest.raises(UnknownNameError, match="either all cells or all counts, but number 0"):
        count_operations([7, {"conv": 1}], prune="none")
