"""What every executor must do; add a new one to the fixture."""

import pytest

from evoapproxnas.errors import DatasetError
from evoapproxnas.executors import InlineExecutor, ProcessExecutor
from evoapproxnas.records import Failure
from tests.executors.tasks import misbehave, square


@pytest.fixture(params=["inline", "processes"])
def executor(request):
    if request.param == "inline":
        made = InlineExecutor()
    else:
        made = ProcessExecutor(workers=2, threads_per_worker=1, timeout_seconds=30, memory_gb=4)
    yield made
    made.close()


def test_every_task_comes_back_once_with_its_index(executor):
    assert dict(executor.run(square, range(7))) == {i: i * i for i in range(7)}


def test_executor_can_be_used_again(executor):
    for _ in range(2):
        assert sorted(executor.run(square, [1, 2])) == [(0, 1), (1, 4)]


def test_no_tasks_no_results(executor):
    assert list(executor.run(square, [])) == []


def test_what_a_candidate_raises_is_data(executor):
    outcomes = dict(executor.run(misbehave, ["raise", "reject", "diverge", "fine"]))
    assert outcomes[3] == "fine"
    assert [outcomes[i].kind for i in range(3)] == ["raised", "raised", "diverged"]
    assert outcomes[0].reason == "KeyError: 'inner detail'"
    assert "misbehave" in outcomes[0].details
    assert outcomes[1].reason == "too deep"
    assert all(isinstance(outcomes[i], Failure) for i in range(3))


def test_what_every_candidate_would_meet_stops_the_campaign(executor):
    with pytest.raises(DatasetError, match="no data set here"):
        list(executor.run(misbehave, ["missing data"]))
