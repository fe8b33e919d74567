"""What every executor must do; add a new one to the fixture."""

import pytest

from evoapproxnas.errors import DatasetError, EnvironmentBroken, TaskError
from evoapproxnas.executors import InlineExecutor, ProcessExecutor, Task
from evoapproxnas.records import Failure
from tests.executors.tasks import echo, misbehave, outcomes, reverse, square
from tests.marks import needs_ray


@pytest.fixture(params=["inline", "processes", pytest.param("ray", marks=needs_ray)])
def executor(request):
    if request.param == "ray":  # One for all tests, as it takes seconds to start.
        yield request.getfixturevalue("ray_executor")
        return
    if request.param == "inline":
        made = InlineExecutor()
    else:
        made = ProcessExecutor(workers=2, threads_per_worker=1, timeout_seconds=30, memory_gb=4)
    yield made
    made.close()


def test_every_task_comes_back_once_with_its_index(executor):
    assert outcomes(executor, square, range(7)) == {i: i * i for i in range(7)}


def test_executor_can_be_used_again(executor):
    for _ in range(2):
        assert outcomes(executor, square, [1, 2]) == {0: 1, 1: 4}


def test_no_tasks_no_results(executor):
    assert list(executor.run([])) == []


def test_bytes_travel_beside_json(executor):
    blobs = {"weights": bytes(range(256)) * 5000, "none": b""}
    ((_, result),) = executor.run([Task.of(reverse, None, blobs)])
    assert result.payload == ["none", "weights"]
    assert dict(result.blobs) == {f"reversed {n}": c[::-1] for n, c in blobs.items()}


def test_numbers_keep_all_their_digits(executor):
    numbers = [0.1 + 0.2, 1e-300, -0.0, 5, 2**60, 1 / 3]
    ((_, result),) = executor.run([Task.of(echo, tuple(numbers))])
    assert [repr(number) for number in result.payload] == [repr(number) for number in numbers]


def test_what_a_candidate_raises_is_data(executor):
    done = outcomes(executor, misbehave, ["raise", "reject", "diverge", "fine"])
    assert done[3] == "fine"
    assert [done[i].kind for i in range(3)] == ["raised", "raised", "diverged"]
    assert done[0].reason == "KeyError: 'inner detail'"
    assert "misbehave" in done[0].details
    assert done[1].reason == "too deep"
    assert all(isinstance(done[i], Failure) for i in range(3))


def test_figures_that_are_not_finite_are_data(executor):
    ((_, outcome),) = executor.run([Task.of(misbehave, "not finite")])
    assert (outcome.kind, outcome.reason) == (
        "raised", "a result must hold finite numbers, but error.1 is not one"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("odd", "message"),
    [("no JSON", "what JSON can hold.*float32"), ("no result", "must return a Result, got str")],
)
def test_a_function_that_returns_no_result_stops_the_campaign(executor, odd, message):
    with pytest.raises(TaskError, match=message):
        outcomes(executor, misbehave, [odd])


def test_a_function_that_workers_do_not_have_stops_the_campaign(executor):
    for kind in ("tests.executors.tasks:no_such", "no_such_module:work"):
        with pytest.raises(EnvironmentBroken, match="no_such"):
            list(executor.run([Task(kind, None)]))
    assert outcomes(executor, square, [2]) == {0: 4}


def test_what_every_candidate_would_meet_stops_the_campaign(executor):
    with pytest.raises(DatasetError, match="no data set here"):
        outcomes(executor, misbehave, ["missing data"])


@pytest.mark.parametrize("task", ["no package", "full disk", "full disk, said by a library"])
def test_a_broken_environment_is_no_bad_candidate(executor, task):
    with pytest.raises(EnvironmentBroken, match="nothing that was evaluated is lost"):
        outcomes(executor, misbehave, [task])
    assert outcomes(executor, square, [2]) == {0: 4}


def test_a_candidate_that_is_too_large_is_data(executor):
    (outcome,) = outcomes(executor, misbehave, ["out of memory"]).values()
    assert outcome.kind == "memory"


def test_tickets_tell_tasks_apart(executor):
    first = executor.submit(Task.of(square, 2))
    second = executor.submit(Task.of(misbehave, "a"))
    done = {ticket: outcome.payload for ticket, outcome in executor.completed()}
    assert done == {first: 4, second: "a"}
    assert not list(executor.completed())


def test_tasks_may_be_added_while_others_finish(executor):
    executor.submit(Task.of(square, 1))
    done = []
    for _, outcome in executor.completed():
        done.append(outcome.payload)
        if len(done) < 4:
            executor.submit(Task.of(square, len(done) + 1))
    assert done == [1, 4, 9, 16]


def test_nothing_is_heard_of_a_cancelled_task(executor):
    tickets = [executor.submit(Task.of(square, i)) for i in range(6)]
    executor.cancel(tickets[4])
    executor.cancel(tickets[4])
    done = {ticket: outcome.payload for ticket, outcome in executor.completed()}
    assert done == {ticket: i * i for i, ticket in enumerate(tickets) if i != 4}
