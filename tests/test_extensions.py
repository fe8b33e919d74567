import sys
from importlib.metadata import EntryPoint, EntryPoints

import pytest

from evoapproxnas import extensions, objectives
from evoapproxnas.errors import ConfigError, UnknownNameError
from evoapproxnas.multipliers import load_library
from evoapproxnas.networks.kinds import _registry
from evoapproxnas.networks.zoo import zoo_network
from evoapproxnas.problems import make_problem
from evoapproxnas.search import run_campaign
from evoapproxnas.search.algorithms import GROUP, find_algorithm
from evoapproxnas.search.algorithms.random_search import RandomSearch
from tests.fakes import Recorder, tiny_config
from tests.synthetic_runs import Scripted, synthetic_run

PACKAGE = """
from evoapproxnas.networks import node_kind
from evoapproxnas.objectives import Objective
from evoapproxnas.search.algorithms.random_search import RandomSearch

class Mine(RandomSearch):
    pass

@node_kind()
def twice(graph, x):
    return graph.activation(graph.activation(x, "relu"), "relu")

def plain(graph, x):
    return x

DEPTH = Objective("depth_squared", "min", "nodes", "cheap", lambda s: s.network.depth ** 2)
"""


@pytest.fixture
def registered(monkeypatch, tmp_path):
    """A package that registers what it has, and one that cannot be imported."""
    (tmp_path / "package_of_mine.py").write_text(PACKAGE)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(_registry, "_KINDS", kinds := dict(_registry.KINDS))
    monkeypatch.setattr(_registry, "KINDS", kinds)
    points = EntryPoints(
        EntryPoint(name, value, group)
        for name, value, group in (
            ("mine", "package_of_mine:Mine", GROUP),
            ("broken", "package_that_is_gone:Search", GROUP),
            ("random", "package_of_mine:Mine", GROUP),
            ("twice", "package_of_mine:twice", _registry.GROUP),
            ("plain", "package_of_mine:plain", _registry.GROUP),
            ("depth_squared", "package_of_mine:DEPTH", objectives.GROUP),
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


@pytest.mark.usefixtures("registered")
def test_node_kinds_of_other_packages_are_searched():
    space = make_problem(tiny_config('space.nodes=["conv2d", "twice"]')).space
    assert {bound.kind.name for bound in space.kinds} == {"conv2d", "twice"}
    with pytest.raises(ConfigError, match="'plain'.*decorated with @node_kind"):
        _registry.find_kind("plain")


@pytest.mark.usefixtures("registered")
def test_objectives_of_other_packages_are_measured():
    config = tiny_config('search.objectives=["error", "depth_squared"]')
    network = zoo_network("resnet8", (32, 32, 3), 10)
    subject = objectives.Subject(network, load_library())
    figures = objectives.measure(subject, config, cost="cheap")
    assert figures["depth_squared"] == network.depth**2
