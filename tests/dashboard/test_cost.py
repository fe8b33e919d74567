"""What the live view reads again: what changed, and no more."""

import shutil

from evoapproxnas.dashboard import shelf as shelves
from tests.dashboard.runs import add_evaluation, open_to_write
from tests.dashboard.serving import Places, Shelf
from tests.report.page.runs import searched_networks


def test_of_ten_runs_the_one_that_grew_is_read_again(tmp_path, monkeypatch):
    folder = tmp_path / "runs"
    first = searched_networks(folder / "run-0", "search.population=6", "search.generations=1").path
    for number in range(1, 10):
        shutil.copytree(first, folder / f"run-{number}")
    read = []
    load = shelves.load_moment

    def counted(path, *arguments, **options):
        read.append(path.name)
        return load(path, *arguments, **options)

    monkeypatch.setattr(shelves, "load_moment", counted)
    shelf = Shelf(Places([folder]), rest=0, first_seconds=600)
    keys = [f"run-{number}" for number in range(10)]
    shelf.rows()
    shelf.view(keys)
    assert sorted(read) == keys
    read.clear()
    shelf.rows()
    shelf.view(keys)
    assert read == []
    database = open_to_write(folder / "run-0")
    name = add_evaluation(database, error=0.001)
    shelf.rows()
    shown = shelf.view(keys)
    database.close()
    assert name in shown.content.data["runs"][0]["ids"]
    assert set(read) == {"run-0"}
