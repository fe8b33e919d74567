from dataclasses import replace
from pathlib import Path

import pytest

from evoapproxnas.circuits import load_verilog, product_table
from evoapproxnas.errors import ConfigError, MultiplierError, UnknownNameError
from evoapproxnas.multipliers.library import Library
from evoapproxnas.multipliers.making import ladder, selection
from evoapproxnas.multipliers.making.bundle import write_library
from evoapproxnas.multipliers.making.evolved import EvolvedCircuits
from evoapproxnas.multipliers.making.recipes import (
    EvolutionRecipe,
    read_recipes,
    start_circuit,
    start_names,
    write_recipes,
)

STEP = EvolutionRecipe("one", "mul8u_broken13", False, "mae_pct", 7.5, "uniform", 3, 300, 4)


def test_recipes_survive_their_file(tmp_path: Path) -> None:
    steps = [STEP, replace(STEP, name="two", start="one", operands="network", signed=True)]
    write_recipes(tmp_path / "recipes.csv", steps)
    assert list(read_recipes(tmp_path / "recipes.csv").values()) == steps


@pytest.mark.parametrize(
    ("old", "new"), [("False", "no"), ("7.5", "x"), ("uniform", "unifrom"), ("seed", "sed")]
)
def test_files_that_are_no_recipes_are_explained(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "recipes.csv"
    write_recipes(path, [STEP])
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(MultiplierError, match=r"recipes\.csv:[12]: "):
        read_recipes(path)
    with pytest.raises(MultiplierError, match="cannot read .*none.csv"):
        read_recipes(tmp_path / "none.csv")


@pytest.mark.parametrize("signed", [False, True])
def test_starts_cost_less_the_more_they_leave_out(signed: bool) -> None:
    exact, *others = start_names(signed=signed)
    for kind in ("broken", "top"):
        names = [exact, *(name for name in others if kind in name)]
        if kind == "top":
            names[1:] = reversed(names[1:])
        sizes = [len(start_circuit(name).cells) for name in names]
        assert sizes == sorted(sizes, reverse=True)
    with pytest.raises(UnknownNameError, match="start of an evolution"):
        start_circuit("mul8u_broken99")


def test_steps_build_on_each_other() -> None:
    two = replace(STEP, name="two_evo_", start="one", bound=8.0)
    circuits = EvolvedCircuits({"one": STEP, "two_evo_": two})
    assert circuits.names == ["two_evo_"]
    netlist, entry = circuits.build("two_evo_")
    assert entry.mae_pct <= 8.0
    assert "evolved from mul8u_broken13 in 2 steps, 600 evaluations" in entry.origin
    assert two.run(circuits.netlist("one")) == netlist


def test_a_ladder_is_climbed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = ladder.Ladder(False, "mae_pct", 7.5, 8.0, 2, evaluations=200, spare=2)
    monkeypatch.setattr(ladder, "LADDERS", {"x": small})
    ladder.climb(tmp_path, ["x:3,0"])
    steps = read_recipes(tmp_path / "x.csv")
    assert set(steps) == {"x_0_3", "x_1_3", "x_0_0", "x_1_0"}
    assert steps["x_1_3"].start == "mul8u_broken13"
    again = steps["x_1_3"].run(start_circuit("mul8u_broken13"))
    written = load_verilog(tmp_path / "x_1_3.v")
    assert (product_table(again) == product_table(written)).all()
    before = (tmp_path / "x.csv").stat().st_mtime_ns
    ladder.climb(tmp_path, ["x:3,0"])
    assert (tmp_path / "x.csv").stat().st_mtime_ns == before


def test_circuits_are_added_to_a_library_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = ladder.Ladder(False, "layer_mse", 2e5, 3e5, 2, "resnet8", evaluations=200, spare=2)
    monkeypatch.setattr(ladder, "LADDERS", {"x": small})
    ladder.climb(tmp_path, ["x:3"])
    folder = tmp_path / "library"
    write_library(folder, ["mul8u_exact"])
    write_recipes(folder / "recipes.csv", [])
    selection.select(tmp_path, folder, saving=0.01)
    _, *added = sorted(Library(folder), key=lambda name: name != "mul8u_exact")
    assert added
    steps = read_recipes(folder / "recipes.csv")
    for name in added:
        assert name.startswith("mul8u_evo_layer")
        assert steps[name].operands == "resnet8"
        assert "weighted by resnet8 operands" in Library(folder).entry(name).origin
        made = EvolvedCircuits(steps).netlist(name)
        assert (product_table(made) == product_table(Library(folder).netlist(name))).all()
    before = (folder / "catalog.csv").read_text()
    selection.select(tmp_path, folder, saving=0.01)
    assert (folder / "catalog.csv").read_text() == before


def test_what_is_no_ladder_or_share_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="unknown ladder 'u_mea'; did you mean .*'u_mae'"):
        ladder.climb(tmp_path, ["u_mea"])
    with pytest.raises(ConfigError, match="LADDER:PASS,PASS .* got 'u_mae:first'"):
        ladder.climb(tmp_path, ["u_mae:first"])
    with pytest.raises(ConfigError, match="expected a share"):
        selection.select(tmp_path, tmp_path, saving=float("nan"))
    assert list(tmp_path.iterdir()) == []
