"""ZigZag evaluates single layers: its figures are those that were recorded, and it keeps still."""

import dataclasses
import logging
import math
from pathlib import Path

import pytest

from evoapproxnas.errors import ConfigError, EnvironmentBroken
from evoapproxnas.hardware import network_workload
from evoapproxnas.hardware.accelerators import (
    Shape,
    accelerator_names,
    layer_cost,
    load_accelerator,
    system_cost,
)
from evoapproxnas.hardware.zigzag import (
    RecordedLayer,
    ZigzagCache,
    evaluate_layer,
    missing_zigzag,
    recorded_layers,
    reference,
    zigzag_layer_cost,
)
from evoapproxnas.hardware.zigzag.inputs import mapping_values
from evoapproxnas.networks.zoo import zoo_network

needs_zigzag = pytest.mark.skipif(missing_zigzag() is not None, reason="needs extra zigzag")
SMALL = Shape((1, 32, 16, 16, 16, 1, 1), (2, 2, 1, 1), (32, 32))
"""A shortcut of ResNet-8: its windows leave every second row out."""


def _pointwise() -> list[RecordedLayer]:
    """Layers that take ZigZag 0.1 s."""
    return [layer for layer in recorded_layers() if layer.kernel == 1][:4]


@needs_zigzag
@pytest.mark.parametrize("layer", _pointwise(), ids=lambda layer: layer.name)
def test_figures_are_those_that_zigzags_own_interface_gave(layer: RecordedLayer):
    cost = evaluate_layer(layer.shape, load_accelerator("eyeriss_like"))
    energies = dict.fromkeys(("weights", "inputs", "outputs"), 0.0)
    for access in cost.accesses:
        energies[access.operand] += access.energy_pj
    recorded = [layer.weight_pj, layer.input_pj, layer.output_pj]
    assert list(energies.values()) == pytest.approx(recorded, rel=1e-9)
    assert cost.cycles == layer.cycles


@needs_zigzag
@pytest.mark.parametrize("name", accelerator_names())
@pytest.mark.parametrize(
    "shape",
    [
        SMALL,
        Shape((64, 1, 1, 8, 8, 3, 3), (1, 1, 1, 1), (8, 8)),
        Shape((1, 10, 64, 1, 1, 1, 1), (1, 1, 1, 1), (1, 1)),
    ],
    ids=["shortcut", "depthwise", "dense"],
)
def test_every_bundled_accelerator_is_understood_alike(name: str, shape: Shape):
    accelerator = load_accelerator(name)
    ours, theirs = layer_cost(shape, accelerator), evaluate_layer(shape, accelerator)
    assert theirs.energy_pj == pytest.approx(ours.energy_pj, rel=0.001)
    assert theirs.utilization == pytest.approx(ours.utilization)
    assert sorted(theirs.spread) == sorted(ours.spread)
    assert math.prod(n for _, n in theirs.order) == math.prod(n for _, n in ours.order)


@needs_zigzag
def test_nothing_is_printed_logged_or_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
):
    monkeypatch.chdir(tmp_path)
    before = logging.getLogger("zigzag").level
    with caplog.at_level(logging.DEBUG):
        evaluate_layer(SMALL, load_accelerator("eyeriss_like"))
    assert capfd.readouterr() == ("", "")
    assert not [record for record in caplog.records if record.name.startswith("zigzag")]
    assert logging.getLogger("zigzag").level == before
    assert not list(tmp_path.iterdir())


@needs_zigzag
def test_a_layer_without_room_is_an_error_of_this_package():
    accelerator = load_accelerator("eyeriss")
    pads = dataclasses.replace(accelerator.memories[2], size_bytes=1)
    memories = (*accelerator.memories[:2], pads, *accelerator.memories[3:])
    with pytest.raises(ConfigError, match="ZigZag finds no order of the loops"):
        evaluate_layer(SMALL, dataclasses.replace(accelerator, memories=memories))


def test_a_network_has_the_record_of_the_analytic_model_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    work = network_workload(zoo_network("resnet8", (32, 32, 3), 10))
    accelerator, cache = load_accelerator("eyeriss"), ZigzagCache("any", tmp_path)
    for layer in work.layers:
        cost = dataclasses.replace(layer_cost(Shape.of(layer), accelerator), cycles=7.0)
        cache.put(Shape.of(layer), accelerator, cost)
    monkeypatch.setattr(reference, "evaluate_layer", None)
    found = system_cost(
        work, {}, accelerator, price=lambda s, a: zigzag_layer_cost(s, a, cache=cache)
    )
    assert found.data.cycles == 7 * len(work.layers)
    assert found.energy_nj == pytest.approx(system_cost(work, {}, accelerator).energy_nj)


def test_the_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(reference, "find_spec", lambda name: None)
    with pytest.raises(EnvironmentBroken, match=r"pip install 'evoapproxnas\[zigzag\]'"):
        zigzag_layer_cost(SMALL, load_accelerator("eyeriss"), cache=ZigzagCache("3", tmp_path))


def test_the_spread_is_that_of_the_analytic_model():
    shape = Shape((1, 20, 5, 8, 8, 3, 3), (1, 1, 1, 1), (8, 8))
    spatial = mapping_values(shape, load_accelerator("edge_tpu"))[0]["spatial_mapping"]
    assert spatial == {"D1": ["C, 5", "FY, 3", "FX, 3"], "D2": ["K, 20"]}
