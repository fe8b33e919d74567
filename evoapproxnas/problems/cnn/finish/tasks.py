"""The stages of the finish as plain data, and the functions that executors call with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evoapproxnas.config import RunConfig
from evoapproxnas.executors import Result, Task
from evoapproxnas.problems.cnn.tasks import MODEL, WEIGHTS, quantization_fails_one
from evoapproxnas.problems.finishing import CHECKPOINT

TEACHER = "teacher"
"""Blob of tasks: packed weights of the network that teaches."""


@dataclass(frozen=True)
class TrainWork:
    """Train a network on all training images.

    Attributes:
        name: of the member, for messages.
        network: `Network.to_dict()`.
        config: see `finish_settings`.
        seed: decides initial weights, order of images, augmentation and dropout.
        begin: the step whose weights are in the blob; empty: from scratch.
        teacher: network whose weights are in blob `TEACHER`; None: it has no teacher.
    """

    name: str
    network: Mapping[str, Any]
    config: RunConfig
    seed: int
    begin: str
    teacher: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class AssignWork:
    """Find a front of assignments of a trained network.

    Attributes:
        name: of the member, for messages.
        network: `Network.to_dict()`.
        config: see `finish_settings`.
        seed: decides the search.
        choices: what a layer chooses from.
        known: assignments that are measured in any case.
    """

    name: str
    network: Mapping[str, Any]
    config: RunConfig
    seed: int
    choices: tuple[str, ...]
    known: tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class TuneWork:
    """Fine-tune a trained network through its multipliers.

    Attributes:
        name: of the point, for messages.
        network: `Network.to_dict()`, with the assignment.
        config: see `finish_settings`.
        seed: decides order of images and augmentation.
        training: identity of the training that it begins with.
        kind: see `records.Tuned`.
        teacher: network whose weights are in blob `TEACHER`; None: it has no teacher.
    """

    name: str
    network: Mapping[str, Any]
    config: RunConfig
    seed: int
    training: str
    kind: str
    teacher: Mapping[str, Any] | None = None


def train(task: Task) -> Result:
    """Train for a turn; see `stages.train_for_a_turn`."""
    from evoapproxnas.problems.cnn.finish.stages import train_for_a_turn

    turn, state = train_for_a_turn(task.read(TrainWork), task.blobs)
    return Result.of(turn, {WEIGHTS if turn.complete else CHECKPOINT: state})


def assign(task: Task) -> Result:
    """Find assignments; see `stages.find_assignments`.

    Raises:
        CandidateError: if the trained network cannot be quantized.
    """
    from evoapproxnas.problems.cnn.finish.stages import find_assignments

    with quantization_fails_one():
        return Result.of(find_assignments(task.read(AssignWork), task.blobs[WEIGHTS]))


def tune(task: Task) -> Result:
    """Fine-tune for a turn; see `stages.tune_for_a_turn`.

    Raises:
        CandidateError: if the trained network cannot be quantized.
    """
    from evoapproxnas.problems.cnn.finish.stages import tune_for_a_turn

    with quantization_fails_one():
        turn, state = tune_for_a_turn(task.read(TuneWork), task.blobs)
    return Result.of(turn, {MODEL if turn.complete else CHECKPOINT: state})
