"""The analytic model against ZigZag, on shapes that it evaluated."""

import csv
from functools import lru_cache

import numpy as np
import pytest
from scipy.stats import spearmanr

from evoapproxnas.files import data_folders
from evoapproxnas.hardware.accelerators import Shape, layer_cost, load_accelerator

ZIGZAG_MAC_PJ = 0.5


@lru_cache(maxsize=1)
def _rows() -> list[dict[str, float]]:
    for folder in data_folders(None):
        file = folder / "zigzag" / "eyeriss_like_layers.csv"
        if file.exists():
            with file.open() as lines:
                return [{k: float(v) for k, v in row.items()} for row in csv.DictReader(lines)]
    pytest.skip("needs the folder zigzag of EVOAPPROXNAS_DATA")


def _shape(row: dict[str, float]) -> Shape:
    names = "channels_out", "channels_in", "output_size", "kernel", "stride", "groups"
    outputs, inputs, size, kernel, stride, groups = (int(row[name]) for name in names)
    sizes = groups, outputs // groups, inputs // groups, size, size, kernel, kernel
    return Shape(sizes, (stride, stride, 1, 1), (size * stride, size * stride))


def test_energy_of_every_shape_is_zigzags():
    accelerator = load_accelerator("eyeriss_like")
    ours = [
        layer_cost(_shape(row), accelerator).energy_pj + ZIGZAG_MAC_PJ * row["macs"]
        for row in _rows()
    ]
    theirs = [row["energy_pj"] for row in _rows()]
    errors = np.abs(np.divide(ours, theirs) - 1)
    assert np.median(errors) < 0.001
    assert np.quantile(errors, 0.9) < 0.01
    assert errors.max() < 0.02
    assert spearmanr(ours, theirs).statistic > 0.999


def test_cycles_of_every_shape_are_close_to_zigzags():
    accelerator = load_accelerator("eyeriss_like")
    ours = [layer_cost(_shape(row), accelerator).cycles for row in _rows()]
    theirs = [row["cycles"] for row in _rows()]
    errors = np.abs(np.divide(ours, theirs) - 1)
    assert np.median(errors) < 0.01
    assert errors.max() < 0.2
    assert spearmanr(ours, theirs).statistic > 0.99


def test_energy_of_every_operand_is_zigzags_where_the_mapping_is():
    accelerator = load_accelerator("eyeriss_like")
    same = 0
    for row in _rows():
        energies = dict.fromkeys(("weights", "inputs", "outputs"), 0.0)
        for access in layer_cost(_shape(row), accelerator).accesses:
            energies[access.operand] += access.energy_pj
        theirs = [row["weight_pj"], row["input_pj"], row["output_pj"]]
        same += list(energies.values()) == pytest.approx(theirs, rel=1e-6)
    assert same >= len(_rows()) - 3
