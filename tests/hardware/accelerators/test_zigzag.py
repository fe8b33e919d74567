"""The analytic model against ZigZag, on shapes that it evaluated."""

from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from evoapproxnas.files import data_folders
from evoapproxnas.hardware.accelerators import layer_cost, load_accelerator
from evoapproxnas.hardware.zigzag import recorded_layers


def test_energy_of_every_shape_is_zigzags():
    accelerator = load_accelerator("eyeriss_like")
    ours = [layer_cost(layer.shape, accelerator).energy_pj for layer in recorded_layers()]
    theirs = [layer.memory_pj for layer in recorded_layers()]
    errors = np.abs(np.divide(ours, theirs) - 1)
    assert errors.max() < 0.001
    assert spearmanr(ours, theirs).statistic > 0.999


def test_cycles_of_every_shape_are_close_to_zigzags():
    accelerator = load_accelerator("eyeriss_like")
    ours = [layer_cost(layer.shape, accelerator).cycles for layer in recorded_layers()]
    theirs = [layer.cycles for layer in recorded_layers()]
    errors = np.abs(np.divide(ours, theirs) - 1)
    assert np.median(errors) < 0.01
    assert errors.max() < 0.2
    assert spearmanr(ours, theirs).statistic > 0.99


def test_energy_of_every_operand_is_zigzags_where_the_mapping_is():
    accelerator = load_accelerator("eyeriss_like")
    same = 0
    for layer in recorded_layers():
        energies = dict.fromkeys(("weights", "inputs", "outputs"), 0.0)
        for access in layer_cost(layer.shape, accelerator).accesses:
            energies[access.operand] += access.energy_pj
        theirs = [layer.weight_pj, layer.input_pj, layer.output_pj]
        same += list(energies.values()) == pytest.approx(theirs, rel=1e-6)
    assert same >= len(recorded_layers()) - 2


def test_what_another_machine_found_with_zigzags_own_interface_is_the_same():
    files = [folder / "zigzag" / "eyeriss_like_layers.csv" for folder in data_folders(None)]
    found = [file for file in files if file.exists()]
    if not found:
        pytest.skip("needs the folder zigzag of EVOAPPROXNAS_DATA")
    theirs = pd.read_csv(found[0])
    ours = pd.DataFrame(map(asdict, recorded_layers()))
    shared = ours.columns.intersection(theirs.columns)
    assert {"channels_out", "weight_pj", "input_pj", "output_pj", "cycles"} <= set(shared)
    pd.testing.assert_frame_equal(ours[shared], theirs[shared])
