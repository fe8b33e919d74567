"""What all tests share: nobody's own multiplier library plays a part."""

import os

import pytest

os.environ.pop("COLUMNS", None)  # pytest-xdist sets it; what is piped has no width.


@pytest.fixture(autouse=True, scope="session")
def _no_user_library(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EVOAPPROXNAS_LIBRARY", str(tmp_path_factory.mktemp("library")))
        yield
