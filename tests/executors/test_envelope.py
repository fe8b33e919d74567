from dataclasses import dataclass
from pathlib import Path

import pytest

from evoapproxnas.config import RunConfig, load_config
from evoapproxnas.errors import CandidateError, EvoApproxNASError, TaskError
from evoapproxnas.executors import InlineExecutor, Result, Task
from evoapproxnas.executors.messages import error_message, outcome_of, task_message, work
from evoapproxnas.records import (
    CandidateId,
    Evaluation,
    Failure,
    Point,
    StepId,
    Training,
)
from tests.executors.tasks import echo


@dataclass(frozen=True)
class Work:
    name: str
    config: RunConfig
    sizes: tuple[int, ...]
    folder: Path | None = None


def test_a_record_travels_whole():
    made = Work("g00-01", load_config(preset="digits"), (1, 2), Path("/somewhere"))
    task = Task.of(echo, made)
    assert task.kind == "tests.executors.tasks:echo"
    assert task.read(Work) == made
    assert outcome_of(work(task_message(task))).read(Work) == made


def test_an_evaluation_travels_whole():
    history = ({"epoch": 1.0, "loss": 0.1 + 0.2, "accuracy": None},)
    source = StepId(CandidateId(2, 7), 1)
    training = Training(3.0, "abc", 7.0, "identity", history, 1.5, "stopped", source)
    more = (Point({"error": 0.5}, {"head": "exact8"}),)
    made = Evaluation({"error": 1 / 3}, 2.5, training, {"head": "mul8u_exact"}, more, source)
    assert Result.of(made).read(Evaluation) == made


def test_what_json_cannot_hold_is_refused_where_it_is_made():
    with pytest.raises(TaskError, match="what JSON can hold"):
        Task.of(echo, {"weights": object()})
    with pytest.raises(TaskError, match=r"finite numbers, but scales\.1 is not one"):
        Task.of(echo, {"scales": [1.0, float("inf")]})
    with pytest.raises(CandidateError, match="finite numbers, but it is not one"):
        Result.of(float("nan"))
    with pytest.raises(TaskError, match="task for m:f must be what JSON can hold"):
        InlineExecutor().submit(Task("m:f", Path("/")))


def test_functions_that_workers_cannot_import_are_refused():
    with pytest.raises(TaskError, match="<lambda>.*a function of a module"):
        Task.of(lambda task: Result(None), 1)


def test_a_record_of_another_type_is_an_error():
    with pytest.raises(TaskError, match=r"task for tests\.executors\.tasks:echo: 'config' is mis"):
        Task.of(echo, {"name": "a", "sizes": []}).read(Work)
    with pytest.raises(TaskError, match="result of a task"):
        Result({"metrics": 3}).read(Evaluation)


def test_errors_keep_their_class_or_become_the_nearest():
    class Own(TaskError):
        pass

    for error, kind in ((TaskError("a"), TaskError), (Own("a"), TaskError)):
        with pytest.raises(EvoApproxNASError, match="^a$") as caught:
            outcome_of(error_message(error))
        assert type(caught.value) is kind


def test_failures_may_quote_what_is_no_unicode():
    failed = work(("tests.executors.tasks:fail_oddly", "null", {}))
    outcome = outcome_of(failed)
    assert isinstance(outcome, Failure)
    assert outcome.reason == "ValueError: no file caf\\udce9"
