"""What the live view takes of a processor, whatever else the machine does meanwhile."""

import shutil
import time

import pytest

from tests.dashboard.runs import add_evaluation, open_to_write
from tests.dashboard.serving import Places, Shelf
from tests.report.page.runs import searched_networks


@pytest.fixture(scope="module")
def ten_runs(tmp_path_factory):
    """A thousand evaluations in ten runs."""
    folder = tmp_path_factory.mktemp("ten") / "runs"
    settings = ("search.population=10", "search.generations=9")
    first = searched_networks(folder / "run-0", *settings).path
    for number in range(1, 10):
        shutil.copytree(first, folder / f"run-{number}")
    return folder


def took(work):
    """Seconds of a processor."""
    begun = time.process_time()
    work()
    return time.process_time() - begun


def test_a_thousand_evaluations_in_ten_runs_are_shown_within_seconds(ten_runs):
    shelf = Shelf(Places([ten_runs]), rest=0, first_seconds=600)
    keys = [f"run-{number}" for number in range(10)]
    first_paint = took(lambda: (shelf.rows(), shelf.view(keys[:1])))
    compared = took(lambda: shelf.view(keys))
    database = open_to_write(ten_runs / "run-0")
    name = add_evaluation(database, error=0.001)
    grown = took(lambda: (shelf.rows(), shelf.view(keys)))
    database.close()
    assert name in shelf.view(keys).content.data["runs"][0]["ids"]
    idle = min(took(lambda: (shelf.rows(), shelf.view(keys))) for _ in range(5))
    assert first_paint < 2.0
    assert compared < 3.0
    assert grown < 2.0
    assert idle < 0.03
