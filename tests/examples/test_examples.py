"""Every example is run, with small values."""

import ast
import sys
from importlib import import_module

import keras
import pytest

from evoapproxnas.examples import (
    keras_application,
    layerwise_assignment,
    new_objective,
    own_multiplier,
    ray_cluster,
)
from evoapproxnas.multipliers import load_library
from evoapproxnas.networks.kinds import _registry
from evoapproxnas.objectives import OBJECTIVES
from tests.examples.sizes import ASSIGN, sections
from tests.marks import needs_ray
from tests.readme.documents import ROOT

FOLDER = ROOT / "evoapproxnas" / "examples"
MOST_LINES = 59


pytestmark = pytest.mark.usefixtures("elsewhere")


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_examples_are_short_and_named_in_the_list(path):
    assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES
    told = ast.get_docstring(ast.parse((FOLDER / "__init__.py").read_text("utf-8")))
    assert path.stem in ("__init__", "small_network") or f"{path.stem} " in told


def test_own_multiplier(capsys):
    by_function, by_table, by_verilog = own_multiplier.main()
    assert by_function.digest == by_table.digest
    assert by_verilog.digest == load_library()["mul8u_or8_v6"].digest
    assert by_verilog.power_uw == pytest.approx(205.971, rel=1e-5)
    assert "one multiplier: True" in capsys.readouterr().out


def test_keras_application(monkeypatch, capsys):
    small = keras.applications.MobileNet
    monkeypatch.setattr(
        keras.applications, "MobileNet", lambda **options: small(**options, classes=3)
    )
    agreement = keras_application.main(multipliers=("mul8u_exact",), size=32, images=4)
    assert agreement["mul8u_exact"] >= 0.5
    assert "conv1" in capsys.readouterr().out


def test_layerwise_assignment(capsys):
    result = layerwise_assignment.main(
        epochs=1, images=180, most_loss=100.0, multipliers="mul8u_or9_v8", **ASSIGN
    )
    assert "after retraining" in capsys.readouterr().out
    assert {"first", "second", "third"} <= set(result.members[0].multipliers)


def test_new_node_kind(monkeypatch, capsys):
    # Importing it registers the kind, which other tests should not meet.
    monkeypatch.delitem(sys.modules, "evoapproxnas.examples.new_node_kind", raising=False)
    example = import_module("evoapproxnas.examples.new_node_kind")
    try:
        run = example.main(**sections())
    finally:
        _registry._KINDS.pop("squeeze")
    assert not run.front().empty
    assert "convolutions squeeze or expand" in capsys.readouterr().out


def test_new_objective(monkeypatch, capsys):
    monkeypatch.delitem(OBJECTIVES, "slowest_ns", raising=False)
    run = new_objective.main(**sections())
    monkeypatch.delitem(OBJECTIVES, "slowest_ns")
    library = load_library()
    for name, slowest in run.front()[["id", "slowest_ns"]].itertuples(index=False):
        used = {name.partition("@")[0] for name in run.network(name).assignment.values()}
        assert slowest == max(library[name].delay_ns for name in used)


@needs_ray
def test_ray_cluster(capsys):
    run = ray_cluster.main(
        workers=1, problem="synthetic", search={"population": 4, "generations": 1}, name="on-ray"
    )
    assert run.config.execution.executor == "ray"
    assert len(run.evaluations()) >= 4
    assert "on-ray" in capsys.readouterr().out
