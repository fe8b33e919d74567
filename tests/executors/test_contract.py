"""What every executor must do; add a new one to the fixture."""

import pytest

from evoapproxnas.errors import DatasetError, EnvironmentBroken
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


@pytest.mark.parametrize("task", ["no package", "full disk", "full disk, said by a library"])
def test_a_broken_environment_is_no_bad_candidate(executor, task):
    with pytest.raises(EnvironmentBroken, match="nothing that was evaluated is lost"):
        list(executor.run(misbehave, [task]))
    assert dict(executor.run(square, [2])) == {0: 4}


def test_a_candidate_that_is_too_large_is_data(executor):
    ((_, outcome),) = executor.run(misbehave, ["out of memory"])
    assert outcome.kind == "memory"


def test_tickets_tell_tasks_apart(executor):
    first, second = executor.submit(square, 2), executor.submit(misbehave, "a")
    assert dict(executor.completed()) == {first: 4, second: "a"}
    assert not list(executor.completed())


def test_tasks_may_be_added_while_others_finish(executor):
    executor.submit(square, 1)
    done = []
    for _, outcome in executor.completed():
        done.append(outcome)
        if len(done) < 4:
            executor.submit(square, len(done) + 1)
    assert done == [1, 4, 9, 16]


def test_nothing_is_heard_of_a_cancelled_task(executor):
    tickets = [executor.submit(square, i) for i in range(6)]
    executor.cancel(tickets[4])
    executor.cancel(tickets[4])
    outcomes = dict(executor.completed())
    assert outcomes == {ticket: i * i for i, ticket in enumerate(tickets) if i != 4}
