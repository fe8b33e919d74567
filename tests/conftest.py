"""What all tests share: nobody's own multiplier library or measurement plays a part."""

import os
import signal

import pytest

from evoapproxnas.hardware.hw_nas_bench import load_table
from tests.nas_bench import write_table

os.environ.pop("COLUMNS", None)  # pytest-xdist sets it; what is piped has no width.
# Shells start what runs in the background without Ctrl-C, and so would be all that tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def _no_user_library(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVOAPPROXNAS_LIBRARY", str(tmp_path_factory.mktemp("library")))
        patch.setenv("EVOAPPROXNAS_MEASUREMENT", "off")
        yield


@pytest.fixture(scope="session")
def made_table(tmp_path_factory):
    """A table in the form of NAS-Bench-201's, with made figures."""
    folder = tmp_path_factory.mktemp("nas-bench")
    return load_table(folder, sha256=write_table(folder))
