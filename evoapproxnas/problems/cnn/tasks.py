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
from typing import Any

from evoapproxnas.config import RunConfig
from evoapproxnas.errors import CandidateError, QuantizationError
from evoapproxnas.networks import Network
from evoapproxnas.records import Evaluation


@dataclass(frozen=True)
class EvaluationTask:
    """Train, approximate and measure one candidate.

    Attributes:
        name: the candidate's id; names its model files.
        network: `Network.to_dict()`.
        config: the run's configuration.
        seed: decides initial weights, order of images, augmentation and dropout.
        models_dir: where `NAME.keras` and `NAME.float.keras` go.
    """

    name: str
    network: Mapping[str, Any]
    config: RunConfig
    seed: int
    models_dir: Path


@dataclass(frozen=True)
class TestTask:
    """Measure the saved models of one front member on the test set."""

    __test__ = False  # Not a test case, whatever pytest thinks of its name.

    name: str
    network: Mapping[str, Any]
    config: RunConfig
    models_dir: Path


def recipe(config: RunConfig) -> str:
    """Digest of what decides a training besides network, budget and seed; 16 hex digits."""
    data = config.data.model_dump(mode="json", exclude={"data_dir"})
    training = config.training.model_dump(mode="json", exclude={"epochs"})
    text = json.dumps([data, training], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def prepare() -> None:
    """Import what the other functions need, and only a worker may: TensorFlow above all."""
    import evoapproxnas.problems.cnn.evaluation  # noqa: F401


def evaluate(task: EvaluationTask) -> Evaluation:
    """Train a candidate and measure it; see `evaluation.evaluate_candidate`.

    Raises:
        CandidateError: if the network cannot be quantized, as a layer's inputs are all zero.
    """
    from evoapproxnas.problems.cnn.evaluation import evaluate_candidate

    with _quantization_fails_one():
        evaluation = evaluate_candidate(task)
    return replace(evaluation, assignment=Network.from_dict(task.network).assignment)


def measure_test(task: TestTask) -> Evaluation:
    """Measure a front member on the test set; see `evaluation.test_candidate`.

    Raises:
        CandidateError: if its models cannot be used.
    """
    from evoapproxnas.problems.cnn.evaluation import test_candidate

    with _quantization_fails_one():
        return test_candidate(task)


@contextmanager
def _quantization_fails_one() -> Iterator[None]:
    """Make what cannot be quantized the failure of its candidate, not the end of the campaign."""
    try:
        yield
    except QuantizationError as error:
        raise CandidateError(f"the trained network cannot be quantized: {error}") from error
