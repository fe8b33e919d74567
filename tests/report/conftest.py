import pytest

from evoapproxnas.executors import InlineExecutor
from evoapproxnas.records import Failure
from evoapproxnas.search import run_campaign
from tests.fakes import FakeExecutor, Recorder, tiny_run
from tests.synthetic_runs import Scripted, synthetic_run


@pytest.fixture(scope="session")
def runs_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


def _synthetic(folder, name, *settings):
    made = synthetic_run(folder / name, "search.generations=3", *settings)
    run_campaign(made, InlineExecutor(), Recorder())
    return made


@pytest.fixture(scope="session")
def seeds(runs_folder):
    """Three runs that differ in their seed."""
    return [_synthetic(runs_folder, f"search-s{i}", f"seed={i}") for i in range(3)]


@pytest.fixture(scope="session")
def three(runs_folder):
    """A run of three objectives, one of which is maximized."""
    return _synthetic(runs_folder, "three", "search.objectives=['error', 'cost', 'spare']")


@pytest.fixture(scope="session")
def networks(runs_folder):
    """A run of networks that nobody trained."""
    made = tiny_run(runs_folder / "networks", "search.generations=3")
    run_campaign(made, FakeExecutor(), Recorder())
    return made


@pytest.fixture(scope="session")
def empty(runs_folder):
    """A run that has not begun."""
    return synthetic_run(runs_folder / "empty")


@pytest.fixture(scope="session")
def failed(runs_folder):
    """A run of failures alone."""
    made = synthetic_run(runs_folder / "failed", "search.generations=1", "search.population=6")
    script = Scripted(lambda task, before: Failure("diverged", "loss is nan"))
    run_campaign(made, script, Recorder())
    return made
