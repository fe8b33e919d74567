import pytest

from evoapproxnas.config import HardwareConfig
from evoapproxnas.errors import ConfigError, UnknownNameError
from evoapproxnas.problems.cosearch.grid import make_grid

LISTS = {
    "accelerators": ("eyeriss", "edge_tpu"),
    "rows": (8, 12),
    "columns": (14,),
    "buffer_kb": (64.0, 108.0, 30.5),
    "dataflows": ("any", "row_stationary"),
}


def grid_of(**values):
    return make_grid(HardwareConfig(**{"search": "genes", **values}))


def test_a_grid_has_all_combinations_each_with_a_name_of_its_own():
    grid = grid_of(**LISTS)
    assert grid.size == 24
    names = [grid.name(genes) for genes in grid.all()]
    assert len(set(names)) == 24
    assert "eyeriss" in names  # That has no other sizes than described is the fixed one itself.
    assert "edge_tpu@8x14,30.5KB,any" in names
    assert [grid.genes(name) for name in names] == list(grid.all())


def test_what_a_list_leaves_out_is_as_described():
    grid = grid_of(rows=(4, 12))
    assert [grid.name(genes) for genes in grid.all()] == ["eyeriss@4x14", "eyeriss"]
    assert grid.genes("edge_tpu") is None
    assert grid.genes("eyeriss@5x14") is None


def test_without_a_search_there_is_one():
    grid = make_grid(HardwareConfig(accelerator="edge_tpu@8x8"))
    assert [grid.name(genes) for genes in grid.all()] == ["edge_tpu@8x8"]


def test_large_grids_are_sampled_evenly():
    grid = grid_of(rows=tuple(range(1, 501)), columns=tuple(range(1, 501)))
    assert grid.size == 250_000
    sample = grid.spread(5)
    assert (sample[0], sample[-1]) == ((0, 0, 0, 0, 0), (0, 499, 499, 0, 0))
    assert {genes[1] for genes in grid.containing(1, 7, 20)} == {7}


def test_around_genes_are_those_that_differ_in_one():
    grid = grid_of(**LISTS)
    own = (1, 0, 0, 2, 1)
    around = grid.around(own, 100)
    assert around[0] == own
    assert len(set(around)) == len(around) == 1 + 1 + 1 + 0 + 2 + 1
    for genes in around[1:]:
        assert sum(a != b for a, b in zip(own, genes, strict=True)) == 1
    assert grid.around(own, 1) == [own]
    few = grid.around(own, 4)
    assert len(few) == 4
    assert set(few) < set(around)


def test_lists_that_make_nothing_are_refused():
    with pytest.raises(UnknownNameError, match="did you mean 'row_stationary'"):
        grid_of(dataflows=("row_stationry", "any"))
    with pytest.raises(UnknownNameError, match="did you mean 'eyeriss'"):
        grid_of(accelerators=("eyeris", "edge_tpu"))
    with pytest.raises(ConfigError, match="less than one word"):
        grid_of(buffer_kb=(64.0, 0.001))
    with pytest.raises(ConfigError, match="varied already; name 'eyeriss'"):
        grid_of(accelerators=("eyeriss@8x8", "edge_tpu"))
    with pytest.raises(ConfigError, match="250,000 accelerators of the lists; shorten"):
        grid_of(search="inner", rows=tuple(range(1, 501)), columns=tuple(range(1, 501)))
