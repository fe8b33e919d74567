"""Compiling is announced once for each function that is called, not for what it calls."""

import logging
from pathlib import Path

import numba
import pytest

from evoapproxnas.emulation.kernels.host import compiling


def test_compiling_is_announced(caplog: pytest.LogCaptureFixture) -> None:
    @numba.njit
    def helper(x: float) -> float:
        return x + 1

    @numba.njit
    def loop(x: float) -> float:
        return helper(x) * 2

    for each in (helper, loop):
        each.py_func.__module__ = "evoapproxnas.somewhere"
    with caplog.at_level(logging.INFO, logger="evoapproxnas.compiling"):
        assert loop(1.0) == 4.0
        assert loop(2.0) == 6.0
    first, second = caplog.messages
    assert first.startswith("compiling somewhere.loop for this processor")
    assert second.startswith("compiled in ")


def test_what_others_compile_is_not_our_business(caplog: pytest.LogCaptureFixture) -> None:
    assert compiling.inner is not compiling.entry
    with caplog.at_level(logging.INFO, logger="evoapproxnas.compiling"):
        assert numba.njit(lambda x: x + 1)(1) == 2
    assert not caplog.messages


def test_kept_code_is_of_all_sources(tmp_path: Path) -> None:
    for name in ("loops.py", "steps/lanes.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1")
    before = compiling.sources_digest(tmp_path)
    assert compiling.sources_digest(tmp_path) == before
    (tmp_path / "steps" / "lanes.py").write_text("2")
    assert compiling.sources_digest(tmp_path) != before


def test_numba_keeps_it_by_that() -> None:
    from evoapproxnas.emulation.kernels.numba_lookup.loops import sum_lanes, work

    digest = compiling.sources_digest(Path(compiling.__file__).parents[1])
    for each in (work, sum_lanes):
        assert digest in each._cache._cache_file._source_stamp
