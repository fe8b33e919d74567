import time

import numba
import pytest
from numba.core import event

from evoapproxnas.problems.cnn.stopwatch import stopwatch


def test_compilation_is_no_part_of_the_time():
    @numba.njit
    def triple(x):
        return 3 * x

    compiling = []
    started = time.monotonic()
    with event.install_timer("numba:compile", compiling.append), stopwatch() as watch:
        triple(2)
        triple(2.0)
        time.sleep(0.05)
    whole = time.monotonic() - started
    assert watch.seconds >= 0.05
    assert whole - watch.seconds >= 0.9 * compiling[0] > 0


def test_it_stops_where_something_fails():
    with pytest.raises(KeyError), stopwatch() as watch:
        raise KeyError
    assert watch.seconds > 0
