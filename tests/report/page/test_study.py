from pathlib import Path

import pytest

from evoapproxnas.errors import StoreError
from evoapproxnas.report.page.building import build_content
from evoapproxnas.report.page.prices import prices
from evoapproxnas.report.page.study import kind_of, read_study

RUNS = Path(__file__).parents[3] / "runs"
HEAD = (
    "kind,multiplier,weight_scheme,error_correction,accuracy,energy_nj,relative_energy,loss_points"
)


def swept(folder, *rows):
    (folder / "sweep.csv").write_text("\n".join((HEAD, *rows, "")))
    return read_study(folder, "sweep")


def test_the_reference_studies_are_read_and_shown():
    sweep = read_study(RUNS / "cifar10-resnet8", "r8")
    assign = read_study(RUNS / "cifar10-resnet8" / "assign-0", "r8/assign-0")
    assert (sweep.kind, sweep.accuracy, sweep.state) == ("sweep", "test_accuracy", "")
    assert (assign.kind, assign.accuracy, assign.state) == ("assign", "accuracy", "finished")
    exact = next(row for row in sweep.rows if row.told == "exact, in all layers")
    assert exact.figures["test_accuracy"] == 0.8772
    assert all(len(row.assignment) == 10 for row in assign.rows)
    content = build_content([sweep, assign])
    assert "a082, has 87.18 % of test images right" in content.html
    assert [run["name"] for run in content.data["runs"]] == ["r8", "r8/assign-0"]


def test_rows_are_named_by_what_they_differ_in(tmp_path):
    study = swept(
        tmp_path,
        "float,float,,,0.9,nan,nan,nan",
        "circuit,mul,sign_magnitude,True,0.8,10,0.1,1",
        "circuit,mul,sign_magnitude,False,0.7,10,0.1,2",
        "circuit,mul,affine,False,0.6,10,0.1,3",
        "circuit,mul,affine,False,0.6,10,0.1,3",
    )
    assert [row.id for row in study.rows] == [
        "float",
        "mul, sign_magnitude, corrected True",
        "mul, sign_magnitude, corrected False",
        "mul, affine, corrected False",
        "mul, affine, corrected False (2)",
    ]
    assert [row.front for row in study.rows] == [False, True, False, False, False]
    assert "energy_nj" not in study.rows[0].figures


def test_what_is_constant_or_missing_is_no_trouble(tmp_path):
    study = swept(
        tmp_path,
        "circuit,a,s,True,0.5,10,0.1,1",
        "circuit,b,s,True,0.5,10,0.1,1",
        "circuit,c,s,True,inf,10,0.1,1",
        "circuit,d,s,True,words,,,",
    )
    content = build_content([study])
    assert content.data["runs"][0]["columns"]["test_accuracy"]["values"][2:] == (None, None)
    assert [row.front for row in study.rows[:2]] == [True, True]


def test_a_study_without_rows_says_so(tmp_path):
    content = build_content([swept(tmp_path)])
    assert content.data is None
    assert "Nothing yet; 0 on the front" in content.html


def test_names_in_a_study_are_text(tmp_path):
    evil = "<img src=x onerror=alert(1)>"
    (tmp_path / "identity.json").write_text(f'{{"model": "{evil}", "seed": "{evil}"}}')
    content = build_content([swept(tmp_path, f"circuit,{evil},s,True,0.5,10,0.1,1")])
    assert evil not in content.html
    assert content.subtitle == f"every multiplier in all layers of {evil}"


@pytest.mark.parametrize("identity", ["[]", "3", '{"model": 3, "dataset": ["x"]}'])
def test_a_strange_identity_is_none(tmp_path, identity):
    (tmp_path / "identity.json").write_text(identity)
    assert swept(tmp_path).told == "every multiplier in all layers"


def test_a_folder_that_holds_no_study_is_none(tmp_path):
    assert kind_of(tmp_path) is None
    (tmp_path / "front.csv").write_text("id\n")  # As runs have it.
    assert kind_of(tmp_path) is None
    with pytest.raises(StoreError, match="is this a study"):
        read_study(tmp_path, "none")


def test_several_multipliers_in_a_layer_are_told_without_channels(tmp_path):
    chosen = '{"conv": "mul8u_or8_v6:0-2+mul8u_exact:3", "head": "mul8u_exact"}'
    cell = chosen.replace('"', '""')
    (tmp_path / "verified.csv").write_text(
        "id,round,accuracy,energy_nj,relative_energy,loss_points,multipliers\n"
        f'a001,1,0.9,5,0.5,1,"{cell}"\n'
    )
    study = read_study(tmp_path, "groups")
    assert study.rows[0].assignment["conv"].endswith("mul8u_exact:3")
    content = build_content([study])
    several, exact = content.data["runs"][0]["multipliers"]
    assert several["name"] == "mul8u_or8_v6+mul8u_exact"
    circuit = prices(["mul8u_or8_v6"], None)["mul8u_or8_v6"]
    assert several["relative"] == pytest.approx((3 * circuit.relative + 1) / 4, rel=1e-3)
    assert exact["name"] == "mul8u_exact"
    (tmp_path / "verified.csv").write_text(
        "id,round,accuracy,energy_nj,relative_energy,loss_points,multipliers\n"
        'a001,1,0.9,5,0.5,1,"{""conv"": ""mul8u_or8_v6+""}"\n'
    )
    with pytest.raises(StoreError, match="a multiplier for each group"):
        read_study(tmp_path, "groups")
