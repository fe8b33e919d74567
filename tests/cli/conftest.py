import pytest

import evoapproxnas.executors
from tests.cli.invoking import SMALL, invoke
from tests.fakes import FakeExecutor


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A folder of a small run, `first`."""
    folder = tmp_path_factory.mktemp("runs")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evoapproxnas.executors, "ProcessExecutor", lambda **_: FakeExecutor())
        invoke("run", "first", *SMALL, "--runs-dir", str(folder))
    return folder
