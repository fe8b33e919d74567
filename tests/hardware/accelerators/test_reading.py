"""Accelerator files: what is wrong with one is said."""

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from evoapproxnas.circuits.cells import cells_45nm
from evoapproxnas.errors import ConfigError, UnknownNameError
from evoapproxnas.hardware.accelerators import (
    Shape,
    accelerator_digest,
    accelerator_names,
    accelerator_toml,
    layer_cost,
    load_accelerator,
    parse_accelerator,
)
from evoapproxnas.hardware.accelerators.technology import REGISTER_UM2_PER_BIT


def _values() -> dict[str, Any]:
    text = (resources.files("evoapproxnas.hardware.accelerators") / "eyeriss.toml").read_text()
    return tomllib.loads(text)


def test_bundled_accelerators_say_where_their_figures_are_from():
    for name in accelerator_names():
        assert load_accelerator(name).sources
    assert load_accelerator("eyeriss").elements == 168


def test_areas_of_accumulators_are_those_of_the_cells():
    """A full adder and a flip-flop for each bit of a sum."""
    bit = cells_45nm().cells["full_adder"].area_um2 + REGISTER_UM2_PER_BIT
    for name in accelerator_names():
        accelerator = load_accelerator(name)
        assert accelerator.accumulator_um2 == round(accelerator.sum_bits * bit)


def test_a_digest_is_of_figures_and_not_of_labels():
    values = _values()
    digest = accelerator_digest(parse_accelerator("mine", values))
    renamed = parse_accelerator("other", {**values, "sources": ["me"]})
    assert accelerator_digest(renamed) == digest
    slower = parse_accelerator("mine", {**values, "clock_mhz": 100})
    assert accelerator_digest(slower) != digest


def test_a_file_is_read_by_its_path(tmp_path: Path):
    text = (resources.files("evoapproxnas.hardware.accelerators") / "eyeriss.toml").read_text()
    (tmp_path / "mine.toml").write_text(text.replace("rows = 12", "rows = 6"))
    assert load_accelerator(str(tmp_path / "mine.toml")).elements == 84


@pytest.mark.parametrize("name", accelerator_names())
def test_what_is_written_is_read_as_it_was(name: str, tmp_path: Path):
    file = tmp_path / f"{name}.toml"
    file.write_text(accelerator_toml(load_accelerator(name)))
    assert load_accelerator(str(file)) == load_accelerator(name)


def test_an_unknown_name_has_the_nearest_ones():
    with pytest.raises(UnknownNameError, match="did you mean 'eyeriss'"):
        load_accelerator("eyeris")
    with pytest.raises(ConfigError, match=r"missing\.toml"):
        load_accelerator("missing.toml")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rowz": 3}, "unknown key 'rowz'; did you mean 'rows'"),
        ({"rows": 0}, "rows must be a whole number, more than 0"),
        ({"rows": 1.5}, "rows must be a whole number"),
        ({"rows": True}, "rows must be a whole number"),
        ({"clock_mhz": float("nan")}, "clock_mhz must be a number"),
        ({"sum_bits": 7}, "sum_bits must be a whole number, at least 8 and at most 64, got 7"),
        ({"accumulator_pj": -1}, "accumulator_pj must be a number, at least 0"),
        ({"dataflow": "diagonal"}, "dataflow must be one of weight_stationary"),
        ({"memory": []}, "expected \\[\\[memory\\]\\] tables"),
        ({"sources": "me"}, "sources must be a list of texts"),
    ],
)
def test_wrong_values_name_their_key(change: dict[str, Any], message: str):
    with pytest.raises(ConfigError, match=message):
        parse_accelerator("mine", {**_values(), **change})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"sise_bytes": 3}, "memory 'weight pads': unknown key 'sise_bytes'; did you mean"),
        ({"size_bytes": "large"}, "size_bytes must be a whole number"),
        ({"word_bits": 4096}, "room for one word of 4,096 bits, got 448 bytes"),
        ({"operands": ["weight"]}, "operands must be some of"),
        ({"level": "cache"}, "level must be one of register file, buffer, dram"),
        ({"per_element": 1}, "per_element must be true or false"),
        ({"operands": ["inputs"]}, None),
    ],
)
def test_wrong_values_of_a_memory_name_it(change: dict[str, Any], message: str | None):
    values = _values()
    values["memory"][0] |= change
    if message is None:
        assert parse_accelerator("mine", values).memories[0].operands == ("inputs",)
        return
    with pytest.raises(ConfigError, match=message):
        parse_accelerator("mine", values)


def test_every_operand_needs_memories_from_the_elements_outwards():
    values = _values()
    values["memory"].reverse()
    with pytest.raises(ConfigError, match="listed from the processing elements outwards"):
        parse_accelerator("mine", values)
    values = _values()
    for memory in values["memory"]:
        memory["operands"] = ["inputs", "outputs"]
    with pytest.raises(ConfigError, match="weights need 1 to 8 memories, got 0"):
        parse_accelerator("mine", values)


def test_memories_that_cannot_hold_one_tile_are_named():
    values = _values()
    values["memory"][2] |= {"size_bytes": 1, "word_bits": 8}
    shape = Shape((1, 16, 16, 8, 8, 3, 3), (1, 1, 1, 1), (8, 8))
    with pytest.raises(ConfigError, match=r"cannot hold a layer of .*sum pads 1 bytes"):
        layer_cost(shape, parse_accelerator("mine", values))
