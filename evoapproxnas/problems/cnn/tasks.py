"""The work of one candidate as plain data, and the functions that executors call with it.

TensorFlow is imported inside the functions, in the worker, so that the campaign process, which
never trains, starts at once and stays small.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from evoapproxnas.config import RunConfig
from evoapproxnas.errors import CandidateError, QuantizationError
from evoapproxnas.executors import Result, Task
from evoapproxnas.multipliers import (
    load_library,
    match_choices,
    multiplier_name,
    use_library,
)
from evoapproxnas.networks import Network
from evoapproxnas.training import load_dataset


@dataclass(frozen=True)
class EvaluationTask:
    """Train, approximate and measure one candidate.

    Attributes:
        name: the candidate's id.
        network: `Network.to_dict()`.
        config: the run's configuration.
        seed: decides initial weights, order of images, augmentation and dropout.
    """

    name: str
    network: Mapping[str, Any]
    config: RunConfig
    seed: int


@dataclass(frozen=True)
class TestTask:
    """Measure the saved models of one front member, the blobs, on the test set."""

    __test__ = False  # Not a test case, whatever pytest thinks of its name.

    name: str
    network: Mapping[str, Any]
    config: RunConfig


@dataclass(frozen=True)
class DataTask:
    """Say which images and multipliers the worker's machine has for a configuration."""

    config: RunConfig


MODELS = "approximated.keras", "float.keras"
"""Blobs of an evaluation, and of a test: the models of a candidate."""


def recipe(config: RunConfig) -> str:
    """Digest of what decides a training besides network, budget and seed; 16 hex digits."""
    data = config.data.model_dump(mode="json", exclude={"data_dir"})
    training = config.training.model_dump(mode="json", exclude={"epochs"})
    text = json.dumps([data, training], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def prepare() -> None:
    """Import what the other functions need, and only a worker may: TensorFlow above all."""
    import evoapproxnas.problems.cnn.evaluation  # noqa: F401


def evaluate(task: Task) -> Result:
    """Train a candidate and measure it; see `evaluation.evaluate_candidate`.

    Returns:
        The evaluation, and `MODELS`.

    Raises:
        CandidateError: if the network cannot be quantized, as a layer's inputs are all zero.
    """
    from evoapproxnas.problems.cnn.evaluation import evaluate_candidate

    work = task.read(EvaluationTask)
    with _quantization_fails_one(), TemporaryDirectory() as folder:
        evaluation = evaluate_candidate(work, Path(folder))
        models = {name: (Path(folder) / name).read_bytes() for name in MODELS}
    assignment = Network.from_dict(work.network).assignment
    return Result.of(replace(evaluation, assignment=assignment), models)


def describe_data(task: Task) -> Result:
    """Return digests of a run's images and labels, and of its multipliers.

    Raises:
        DatasetError: if the data set is missing.
        UnknownNameError: if a multiplier is.
    """
    config = task.read(DataTask).config
    if config.space.library is not None:
        use_library(config.space.library)
    library = load_library()
    choices = match_choices(config.space.multipliers, library)
    digests = [[choice, library.entry(multiplier_name(choice)).digest] for choice in choices]
    return Result(
        {
            f"data set {config.data.dataset}": load_dataset(config.data).digest,
            "multipliers": hashlib.sha256(json.dumps(digests).encode()).hexdigest()[:12],
        }
    )


def measure_test(task: Task) -> Result:
    """Measure a front member on the test set; see `evaluation.test_candidate`.

    Raises:
        CandidateError: if its models cannot be used.
    """
    from evoapproxnas.problems.cnn.evaluation import test_candidate

    if gone := [name for name in MODELS if name not in task.blobs]:
        raise CandidateError(f"its models are gone, {gone[0]} for one; resume makes no new ones")
    with _quantization_fails_one(), TemporaryDirectory() as folder:
        for name, content in task.blobs.items():
            (Path(folder) / name).write_bytes(content)
        return Result.of(test_candidate(task.read(TestTask), Path(folder)))


@contextmanager
def _quantization_fails_one() -> Iterator[None]:
    """Make what cannot be quantized the failure of its candidate, not the end of the campaign."""
    try:
        yield
    except QuantizationError as error:
        raise CandidateError(f"the trained network cannot be quantized: {error}") from error
