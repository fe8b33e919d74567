"""Eyeriss and FPGA by counting operations, against what is published."""

import numpy as np
import pytest

from evoapproxnas.hardware.hw_nas_bench import costs_of, load_table
from tests.nas_bench import needs_table

EXACT = 1e-6


@pytest.mark.parametrize(
    ("dataset", "name", "index", "published"),
    [
        ("cifar10", "eyeriss_latency", 0, 3.64562),
        ("cifar10", "eyeriss_energy", 0, 0.6872827645),
        ("cifar10", "fpga_latency", 0, 2.57296),
        ("cifar10", "fpga_energy", 0, 18.01072),
        ("cifar100", "eyeriss_energy", 0, 0.687420622),
        ("ImageNet16-120", "eyeriss_energy", 2, 0.534287692),
    ],
)
def test_published_samples_are_reproduced(dataset, name, index, published):
    assert costs_of(dataset)[name].values[index] == pytest.approx(published, rel=0, abs=EXACT)


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("eyeriss_latency", 1.67954, 10.5269),
        ("eyeriss_energy", 0.3469645085, 2.2262379485),
        ("fpga_latency", 1.13296, 8.67856),
        ("fpga_energy", 7.93072, 60.74992),
    ],
)
def test_published_extremes_are_reproduced(name, least, most):
    values = costs_of("cifar10")[name].values
    assert (values.min(), values.max()) == pytest.approx((least, most), rel=0, abs=EXACT)


def test_costs_are_known_for_no_more_than_the_constants_are_of():
    assert list(costs_of("cifar100")) == list(costs_of("ImageNet16-120")) == ["eyeriss_energy"]
    bases = {cost.name: cost.basis for cost in costs_of("cifar10").values()}
    assert bases == {
        "eyeriss_latency": "estimated",
        "eyeriss_energy": "derived",
        "fpga_latency": "estimated",
        "fpga_energy": "derived",
    }


@needs_table
@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("eyeriss_latency", "lat_eyeriss_ms"),
        ("fpga_latency", "lat_fpga_ms"),
        ("eyeriss_energy", "derived_eyeriss_energy_mj"),
        ("fpga_energy", "derived_fpga_energy_mj"),
    ],
)
def test_all_networks_have_the_published_figures(name, column):
    ours, theirs = costs_of("cifar10")[name].values, load_table().column(column)
    assert np.abs(ours / theirs - 1).max() < EXACT
    half_step = np.spacing(theirs.astype(np.float32)) / 2  # The table is in single precision.
    assert np.all(np.abs(ours - theirs) <= np.maximum(EXACT, 1.1 * half_step))
