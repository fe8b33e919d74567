import sys
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from evoapproxnas import extensions
from evoapproxnas.errors import ConfigError, UnknownNameError
from evoapproxnas.search import run_campaign
from evoapproxnas.search.algorithms import GROUP, find_algorithm
from evoapproxnas.search.algorithms.random_search import RandomSearch
from tests.fakes import Recorder
from tests.synthetic_runs import Scripted, synthetic_run


@pytest.fixture
def registered(monkeypatch, tmp_path):
    """A package with a search that registers it, and one that cannot be imported."""
    text = (
        "from evoapproxnas.search.algorithms.random_search import RandomSearch\n"
        "class Mine(RandomSearch):\n    pass\n"
    )
    (tmp_path / "package_of_mine.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    points = EntryPoints(
        EntryPoint(name, value, GROUP)
        for name, value in (
            ("mine", "package_of_mine:Mine"),
            ("broken", "package_that_is_gone:Search"),
            ("random", "package_of_mine:Mine"),
        )
    )
    monkeypatch.setattr(extensions, "entry_points", lambda group: points.select(group=group))
    yield
    sys.modules.pop("package_of_mine", None)


@pytest.mark.usefixtures("registered")
def test_searches_of_other_packages_are_found(tmp_path):
    run = synthetic_run(tmp_path / "a", "search.algorithm=mine", "search.generations=1")
    run_campaign(run, Scripted(), Recorder())
    assert run.database.counts().done == 16
    assert find_algorithm("random") is RandomSearch, "names of this package go first"


@pytest.mark.usefixtures("registered")
def test_what_cannot_be_imported_is_told():
    with pytest.raises(ConfigError, match="'broken'.*package_that_is_gone.*choose another"):
        find_algorithm("broken")
    with pytest.raises(UnknownNameError, match="did you mean 'mine'"):
        find_algorithm("miner")
