import itertools

import numpy as np
import pytest

from evoapproxnas.errors import UnknownNameError
from evoapproxnas.hardware.hw_nas_bench.cells import (
    CELLS,
    arch_string,
    canonical_cells,
    index_of,
    index_of_string,
    ops_of,
)

FIRST = (
    "|avg_pool_3x3~0|+|nor_conv_1x1~0|skip_connect~1|+"
    "|nor_conv_1x1~0|skip_connect~1|skip_connect~2|"
)


def test_numbers_are_those_of_the_benchmark():
    assert arch_string(0) == FIRST
    assert ops_of(1) == (3, 3, 4, 1, 3, 1)
    assert set(map(tuple, canonical_cells().tolist())) == set(
        itertools.product(range(5), repeat=6)
    )


def test_string_number_and_operations_say_the_same():
    for index in range(0, CELLS, 97):
        assert index_of_string(f" {arch_string(index)}\n") == index
        assert index_of(canonical_cells()[index]) == index_of(list(ops_of(index))) == index


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "it has 0 operations, expected 6"),
        (FIRST[:40], "it has 2 operations, expected 6"),
        (FIRST.replace("nor_conv_1x1~0", "nor_conv_5x5~0"), "it has the operation 'nor_conv_5x5'"),
        (FIRST.replace("skip_connect~2", "skip_connect~1"), "its edges are others"),
        (FIRST + "|", "something between its parts"),
        (FIRST.replace("+", ""), "something between its parts"),
    ],
)
def test_what_is_no_architecture_string_is_told_with_one_that_is(text, why):
    with pytest.raises(UnknownNameError, match=why) as caught:
        index_of_string(text)
    assert FIRST in str(caught.value)


@pytest.mark.parametrize("index", [-1, CELLS, 0.5, None])
def test_numbers_beyond_the_list_are_refused(index):
    with pytest.raises(UnknownNameError, match="numbers 0 to 15624, got"):
        ops_of(index)


@pytest.mark.parametrize(
    "ops", [(0,) * 5, (0, 0, 0, 0, 0, 5), (0, 0, 0, 0, 0, -1), [0.5] * 6, None]
)
def test_operations_that_make_no_cell_are_refused(ops):
    with pytest.raises(UnknownNameError, match="6 operations of 0 to 4"):
        index_of(ops)


def test_nobody_can_change_the_list():
    with pytest.raises(ValueError, match="read-only"):
        canonical_cells()[0, 0] = 1
    assert canonical_cells().dtype == np.int8
