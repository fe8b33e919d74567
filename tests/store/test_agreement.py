import pytest

from evoapproxnas.search import run_campaign
from tests.fakes import FakeExecutor, Recorder, tiny_run


def run_with(path, *settings):
    run = tiny_run(path, "inheritance.enabled=true", *settings)
    run_campaign(run, FakeExecutor(), Recorder())
    return run


def test_candidates_that_came_to_two_rungs_are_compared(tmp_path):
    run = run_with(tmp_path / "a", "rungs.passes=[2, 6, 9]", "search.population=10")
    found = run.rung_agreement()
    assert found[["rung", "next"]].values.tolist() == [[2, 6], [6, 9]]
    first, second = found["candidates"]
    assert first >= second >= 3
    assert first <= run.database.counts().promotions
    # The fake's accuracy does not depend on passes, so that all rungs agree.
    assert found["spearman"].tolist() == pytest.approx([1.0, 1.0])


def test_without_rungs_there_is_nothing_to_compare(tmp_path):
    assert run_with(tmp_path / "a").rung_agreement().empty
