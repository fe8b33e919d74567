"""Modules of multipliers and MACs: each has a name of its own, whatever multipliers are called."""

import numpy as np

from evoapproxnas.multipliers import Multiplier, exact_table, load_library
from evoapproxnas.report.export.netlists.circuits import circuits_of
from evoapproxnas.report.export.netlists.layers import file_names

OF_EVERY_EXPORT = ("accumulator", "correction", "testbench")


def test_no_module_is_called_like_another():
    names = (*OF_EVERY_EXPORT, "x", "mac_x", "a-b", "a_b", "y" * 300, "y" * 299, "reg", "my own!")
    table = exact_table(signed=False).astype(np.int64)
    multipliers = [
        Multiplier.from_table(name, np.maximum(table - i, 0)) for i, name in enumerate(names)
    ]
    modules = [c.module for c in circuits_of(multipliers, load_library()).values()]
    called = {*OF_EVERY_EXPORT, *modules, *(f"mac_{module}" for module in modules)}
    assert len(called) == len(OF_EVERY_EXPORT) + 2 * len(names)
    assert max(map(len, called)) < 150


def test_layers_with_long_paths_have_files():
    paths = [f"{'n' * 300}/a", f"{'n' * 300}/b"]
    names = file_names(paths)
    assert len(set(names.values())) == 2
    assert max(map(len, names.values())) < 150
