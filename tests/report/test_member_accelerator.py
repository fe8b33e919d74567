"""The accelerator of a member is the one that its figures are about."""

from pathlib import Path

import pytest

from evoapproxnas.config import load_config
from evoapproxnas.errors import ConfigError, StoreError
from evoapproxnas.hardware.accelerators import accelerator_toml, load_accelerator
from evoapproxnas.report.member_accelerator import member_accelerator
from evoapproxnas.search import search


@pytest.fixture
def begin(tmp_path, made_table):
    """Run a small search on accelerators."""

    def make(*settings: str):
        common = (
            *(f"data.data_dir={made_table.path.parents[1]}", "problem=nasbench201"),
            *(f"tabular.sha256={made_table.sha256}", "execution.executor=inline"),
            *("search.objectives=['error', 'edp']", "search.population=4", "search.generations=0"),
        )
        return search(load_config(settings=[*common, *settings]), name="run", runs_dir=tmp_path)

    return make


def own_file(folder: Path) -> Path:
    file = folder / "own.toml"
    file.write_text(accelerator_toml(load_accelerator("eyeriss")))
    return file


def test_each_point_has_the_one_that_was_found_for_it(begin):
    run = begin("hardware.search=genes", "hardware.rows=[8, 16]", "hardware.dataflows=['any']")
    for row in run.front().to_dict("records"):
        found = member_accelerator(run, row["id"])
        assert found.name == row["accelerator"]
        assert found.dataflow == "any"
    candidate = run.front()["id"][0].partition("-p")[0]
    finished = member_accelerator(run, f"{candidate}-t1", finished=True)
    assert finished == member_accelerator(run, candidate)
    with pytest.raises(StoreError, match="no candidate g77-00"):
        member_accelerator(run, "g77-00")


@pytest.mark.parametrize("searched", [False, True])
def test_a_file_that_describes_another_one_by_now_is_refused(begin, tmp_path, searched):
    file = own_file(tmp_path)
    settings = ("hardware.search=inner", "hardware.rows=[8, 16]") if searched else ()
    run = begin(f"hardware.accelerator={file}", *settings)
    member = run.front()["id"][0]
    before = member_accelerator(run, member)
    file.write_text(f"# as it was\n{file.read_text()}")
    assert member_accelerator(run, member) == before
    file.write_text(file.read_text().replace("clock_mhz = 200", "clock_mhz = 100"))
    with pytest.raises(ConfigError, match=r"own\.toml of run run changed since it was made"):
        member_accelerator(run, member)
