"""Compiling is announced once for each function that is called, not for what it calls."""

import logging

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
