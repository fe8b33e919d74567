"""Tasks and outcomes as they travel, and the one function that every worker calls.

A message is a word, JSON text and blobs: plain data, whatever carries it.
"""

import json
from typing import Any

from evoapproxnas import errors
from evoapproxnas.errors import EvoApproxNASError, TaskError
from evoapproxnas.executors.envelope import Result, Task, find
from evoapproxnas.executors.guard import call_guarded
from evoapproxnas.files import decode_json, encode_json
from evoapproxnas.records import Failure

Message = tuple[str, str, dict[str, bytes]]
"""(`module:function`, payload, blobs) of a task; of an outcome (`result`, payload, blobs),
(`failure`, its fields, nothing) or (`error`, class and text, nothing)."""


def task_message(task: Task) -> Message:
    """Write a task down.

    Raises:
        TaskError: if it holds what JSON cannot.
    """
    return task.kind, _text(task.payload, f"task for {task.kind}"), dict(task.blobs)


def task_of(message: Message) -> Task:
    """Read a task that was written down."""
    kind, payload, blobs = message
    return Task(kind, json.loads(payload), blobs)


def work(message: Message) -> Message:
    """Work on a task, whatever becomes of it: what all executors let their workers do."""
    try:
        outcome = call_guarded(_worked, message)
    except EvoApproxNASError as error:
        return error_message(error)
    return message_of(outcome) if isinstance(outcome, Failure) else outcome


def message_of(outcome: Result | Failure) -> Message:
    """Write an outcome down.

    Raises:
        TaskError: if it holds what JSON cannot.
    """
    if isinstance(outcome, Failure):
        return "failure", encode_json(outcome), {}
    return "result", _text(outcome.payload, "a result"), dict(outcome.blobs)


def outcome_of(message: Message) -> Result | Failure:
    """Read what `work` answered.

    Raises:
        EvoApproxNASError: what the task met that every other would meet as well.
    """
    word, text, blobs = message
    if word == "result":
        return Result(json.loads(text), blobs)
    if word == "failure":
        return decode_json(Failure, text, where="a worker's answer")
    name, told = json.loads(text)
    raise getattr(errors, name)(told)


def error_message(error: EvoApproxNASError) -> Message:
    """Write down what ends a campaign: the class of `errors` that comes closest, and the text."""
    kind = next(k for k in type(error).__mro__ if k.__module__ == errors.__name__)
    return "error", json.dumps([kind.__name__, str(error)]), {}


def _worked(message: Message) -> Message:
    task = task_of(message)
    result = find(task.kind)(task)
    if not isinstance(result, Result):
        raise TaskError(f"{task.kind} must return a Result, got {type(result).__name__}")
    return message_of(result)


def _text(payload: Any, where: str) -> str:
    try:
        return json.dumps(payload, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise TaskError(f"{where} must be what JSON can hold: {error}; see Task.of") from None
