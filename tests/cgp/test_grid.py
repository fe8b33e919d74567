import pytest

from evoapproxnas.cgp import Function, Grid
from evoapproxnas.errors import ConfigError

AND = Function("and", 2)


def test_gene_layout(grid):
    assert grid.genes_per_node == 1 + 3 + 2
    assert grid.gene_count == 10 * 6 + 2
    assert grid.locate(0) == "function of node 0"
    assert grid.locate(6 + 3) == "connection 2 of node 1"
    assert grid.locate(6 + 5) == "parameter 1 of node 1"
    assert grid.locate(61) == "output 1"


def test_connections_see_inputs_and_levels_back_columns(grid):
    choices = grid.base_choices[:-2].reshape(10, 6)[:, 1].tolist()
    assert choices == [3, 3, 5, 5, 7, 7, 7, 7, 7, 7]
    gap = grid.gap[:-2].reshape(10, 6)[:, 1].tolist()
    assert gap == [0, 0, 0, 0, 0, 0, 2, 2, 4, 4]


@pytest.mark.parametrize("field", ["rows", "columns", "levels_back", "inputs", "outputs"])
def test_sizes_below_one_are_refused(field):
    sizes = dict.fromkeys(("rows", "columns", "levels_back", "inputs", "outputs"), 2)
    with pytest.raises(ConfigError, match=f"grid {field}.*got 0"):
        Grid(**{**sizes, field: 0}, functions=(AND,))


@pytest.mark.parametrize("functions", [(), (AND, AND)])
def test_function_set_must_be_distinct_and_not_empty(functions):
    with pytest.raises(ConfigError, match="distinct names"):
        Grid(1, 1, 1, 1, 1, functions)


def test_impossible_functions_are_refused():
    with pytest.raises(ConfigError, match="arity"):
        Function("f", -1)
    with pytest.raises(ConfigError, match="at least 1 choice"):
        Function("f", 1, (2, 0))
