"""Code that is kept on the disk is of all the files that it was compiled from."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from evoapproxnas import compiled_code
from evoapproxnas.cgp import compiled as operators
from evoapproxnas.circuits import cgp_form
from evoapproxnas.compiled_code import sources_digest
from evoapproxnas.emulation import kernels
from evoapproxnas.emulation.kernels.numba_lookup.loops import work, work_in_lanes
from evoapproxnas.hardware.accelerators import orders
from evoapproxnas.multipliers.evolution import kernels as evolution
from evoapproxnas.multipliers.evolution.kernels import moves, search
from evoapproxnas.private_numba import kept_only_with

ROOT = Path(__file__).parents[1]


def folder_of(package: ModuleType) -> Path:
    return Path(str(package.__file__)).parent


def test_a_change_of_any_source_is_another_digest(tmp_path: Path) -> None:
    alone = tmp_path / "alone.py"
    folder = tmp_path / "folder"
    for path in (alone, folder / "loops.py", folder / "steps" / "lanes.py"):
        path.parent.mkdir(exist_ok=True)
        path.write_text("1")
    before = sources_digest(folder, alone)
    assert sources_digest(folder, alone) == before
    assert sources_digest(folder) != before
    for path in (alone, folder / "steps" / "lanes.py"):
        path.write_text("2")
        after = sources_digest(folder, alone)
        assert after != before
        before = after


def test_numba_keeps_kernels_and_searches_by_that() -> None:
    others = (Path(operators.__file__), Path(cgp_form.__file__))
    places = (
        ((folder_of(kernels),), (work, work_in_lanes)),
        ((folder_of(orders),), (orders.best_order, orders.price_shapes)),
        ((folder_of(evolution), *others), (search.search, search.assess, moves.move)),
    )
    for sources, functions in places:
        for each in functions:
            assert sources_digest(*sources) in each._cache._cache_file._source_stamp


_OUTER = """
from pathlib import Path
from evoapproxnas.compiled_code import kept_for_sources
from kept_inner import STEP

@kept_for_sources(Path(__file__).parent)
def stepped(x):
    return x + STEP
"""


_CALL = """
from kept_outer import stepped
print(stepped(10), sum(stepped.stats.cache_hits.values()))
"""


@pytest.fixture
def outer(tmp_path: Path) -> Path:
    (tmp_path / "kept_outer.py").write_text(_OUTER)
    return tmp_path


def test_code_is_kept_until_a_file_that_it_was_made_of_changes(outer: Path) -> None:
    found = []
    for step in (1, 1, 2):
        (outer / "kept_inner.py").write_text(f"STEP = {step}")
        # Without bytecode, as both contents are of the same second.
        command, places = (
            [sys.executable, "-B", "-c", _CALL],
            os.pathsep.join([str(outer), str(ROOT)]),
        )
        environment = {**os.environ, "PYTHONPATH": places}
        done = subprocess.run(
            command, env=environment, cwd=outer, check=True, capture_output=True, text=True
        )
        found.append(tuple(map(int, done.stdout.split())))
    assert found == [(11, 0), (11, 1), (12, 0)]


def test_nothing_is_kept_where_numba_cannot_be_told(
    outer: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(outer))
    monkeypatch.setattr(compiled_code, "kept_only_with", lambda *_: False)
    (outer / "kept_inner.py").write_text("STEP = 1")
    function = import_module("kept_outer").stepped
    for name in ("kept_outer", "kept_inner"):
        monkeypatch.delitem(sys.modules, name)
    assert function(10) == 11
    assert function.stats.cache_path is None
    monkeypatch.undo()
    assert not kept_only_with(function, b"")
