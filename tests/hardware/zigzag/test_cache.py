"""What ZigZag found is kept on the disk, and whatever happens to it there is no error."""

import dataclasses
import warnings
from pathlib import Path

import pytest

from evoapproxnas.hardware.accelerators import Shape, layer_cost, load_accelerator
from evoapproxnas.hardware.zigzag import ZigzagCache

SHAPE = Shape((1, 16, 16, 8, 8, 3, 3), (1, 1, 1, 1), (8, 8))
EYERISS = load_accelerator("eyeriss")
COST = layer_cost(SHAPE, EYERISS)


def test_a_cost_is_found_again_by_another_process(tmp_path: Path):
    folder = tmp_path / "made" / "for it"
    ZigzagCache("3", folder).put(SHAPE, EYERISS, COST)
    assert ZigzagCache("3", folder).get(SHAPE, EYERISS) == COST


def test_what_decides_a_cost_tells_entries_apart_and_labels_do_not(tmp_path: Path):
    ZigzagCache("3", tmp_path).put(SHAPE, EYERISS, COST)
    cache = ZigzagCache("3", tmp_path)
    assert cache.get(SHAPE, dataclasses.replace(EYERISS, name="other", clock_mhz=1.0)) == COST
    memory = dataclasses.replace(EYERISS.memories[0], read_pj=9.0)
    cheaper = dataclasses.replace(EYERISS, memories=(memory, *EYERISS.memories[1:]))
    assert cache.get(SHAPE, cheaper) is None
    assert cache.get(SHAPE, dataclasses.replace(EYERISS, rows=6)) is None
    assert cache.get(dataclasses.replace(SHAPE, inputs=(9, 9)), EYERISS) is None
    assert ZigzagCache("4", tmp_path).get(SHAPE, EYERISS) is None


@pytest.mark.parametrize("damage", [b"", b"\xff\xfe", b"{}", b'{"key": "other", "cost": 1}'])
def test_a_damaged_file_counts_as_none_and_is_written_anew(tmp_path: Path, damage: bytes):
    ZigzagCache("3", tmp_path).put(SHAPE, EYERISS, COST)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage)
    cache = ZigzagCache("3", tmp_path)
    assert cache.get(SHAPE, EYERISS) is None
    cache.put(SHAPE, EYERISS, COST)
    assert ZigzagCache("3", tmp_path).get(SHAPE, EYERISS) == COST


def test_a_file_of_another_shape_counts_as_none(tmp_path: Path):
    ZigzagCache("3", tmp_path).put(SHAPE, EYERISS, COST)
    (file,) = tmp_path.iterdir()
    file.write_text(file.read_text().replace("row_stationary", "other", 1))
    assert ZigzagCache("3", tmp_path).get(SHAPE, EYERISS) is None


def test_a_folder_that_cannot_be_made_is_said_once_and_costs_live_in_memory(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    cache = ZigzagCache("3", tmp_path / "file" / "zigzag")
    with pytest.warns(UserWarning, match="what ZigZag finds is not kept") as warned:
        cache.put(SHAPE, EYERISS, COST)
    assert len(warned) == 1
    with warnings.catch_warnings(action="error"):
        cache.put(dataclasses.replace(SHAPE, inputs=(9, 9)), EYERISS, COST)
    assert cache.get(SHAPE, EYERISS) == COST


def test_the_folder_is_in_the_users_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert ZigzagCache("3").folder == tmp_path / "evoapproxnas" / "zigzag"
