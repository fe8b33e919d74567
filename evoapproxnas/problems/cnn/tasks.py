"""The work of one candidate as plain data, and the functions that executors call with it.

TensorFlow is imported inside the functions, in the worker, so that the campaign process, which
never trains, starts at once and stays small.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from evoapproxnas.config import RunConfig
from evoapproxnas.errors import CandidateError, QuantizationError
from evoapproxnas.executors import Result, Task
from evoapproxnas.hardware.accelerators import accelerator_digest, load_accelerator
from evoapproxnas.multipliers import (
    load_library,
    match_choices,
    multiplier_name,
    use_library,
)
from evoapproxnas.training import load_dataset


@dataclass(frozen=True)
class Origin:
    """The training that an evaluation begins with.

    Attributes:
        network: whose weights they are, as `Network.to_dict` gives it.
        name: of the step that left them, for messages.
        passes: over the training images that they have had.
        assignments: multiplier by layer, of the points that were measured with them.
    """

    network: Mapping[str, Any]
    name: str
    passes: int = 0
    assignments: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class EvaluationTask:
    """Train one candidate, give its layers multipliers, and measure what comes out.

    Attributes:
        name: of the step.
        choices: what a layer chooses from, where a front of assignments is wanted.
        network: `Network.to_dict()`.
        config: the run's configuration.
        seed: decides initial weights, order of images, augmentation and dropout.
        passes: over the training images; 0: nothing is trained.
        rate: factor on the learning rate.
        source: what it begins with; None: from scratch.
    """

    name: str
    network: Mapping[str, Any]
    config: RunConfig
    seed: int
    passes: int
    source: Origin | None = None
    choices: tuple[str, ...] = ()
    rate: float = 1.0


@dataclass(frozen=True)
class TestTask:
    """Measure front members of one trained network on the test set, and make their models.

    Attributes:
        network: of their candidate, as `Network.to_dict` gives it.
        assignments: of each, multiplier by layer.
        config: the run's configuration.
        weights: name of the step that left their weights.
    """

    __test__ = False  # Not a test case, whatever pytest thinks of its name.

    network: Mapping[str, Any]
    assignments: tuple[Mapping[str, str], ...]
    config: RunConfig
    weights: str


WEIGHTS = "npz"
"""Blob of tasks and results: packed weights, see `training.restoring`."""
MODEL = "keras"
"""Blob of the result of a test, `numbered`: an approximated model."""


def numbered(blob: str, number: int) -> str:
    """Return the name of a blob of which a result has several."""
    return f"{blob}-{number}"


@dataclass(frozen=True)
class DataTask:
    """Say which images and multipliers the worker's machine has for a configuration.

    Attributes:
        config: the run's configuration.
        tables: digests of files that the campaign alone reads, by what they are.
    """

    config: RunConfig
    tables: Mapping[str, str]


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

    Raises:
        CandidateError: if the network cannot be quantized, as a layer's inputs are all zero.
    """
    from evoapproxnas.problems.cnn.evaluation import evaluate_candidate

    with quantization_fails_one():
        evaluation, weights = evaluate_candidate(
            task.read(EvaluationTask), task.blobs.get(WEIGHTS, b"")
        )
    return Result.of(evaluation, {WEIGHTS: weights} if weights else {})


def describe_data(task: Task) -> Result:
    """Return digests of a run's images and labels, its multipliers, and its accelerator's file.

    Raises:
        ConfigError: if the accelerator's file cannot be used.
        DatasetError: if the data set is missing.
        UnknownNameError: if a multiplier is.
    """
    asked = task.read(DataTask)
    config = asked.config
    if config.space.library is not None:
        use_library(config.space.library)
    library = load_library()
    choices = match_choices(config.space.multipliers, library)
    digests = [[choice, library.entry(multiplier_name(choice)).digest] for choice in choices]
    return Result(
        {
            f"data set {config.data.dataset}": load_dataset(config.data).digest,
            "multipliers": hashlib.sha256(json.dumps(digests).encode()).hexdigest()[:12],
            **_accelerator_file(config.hardware.accelerator),
            **asked.tables,
        }
    )


def _accelerator_file(name: str) -> dict[str, str]:
    """Digest of an accelerator that is the user's own; bundled ones belong to the version."""
    if not name.endswith(".toml"):
        return {}
    return {f"accelerator {name}": accelerator_digest(load_accelerator(name))}


def measure_test(task: Task) -> Result:
    """Measure front members on the test set; see `evaluation.test_candidate`.

    Raises:
        CandidateError: if its models cannot be used.
    """
    from evoapproxnas.problems.cnn.evaluation import test_candidate

    with quantization_fails_one():
        evaluation, models = test_candidate(task.read(TestTask), task.blobs[WEIGHTS])
    return Result.of(evaluation, {numbered(MODEL, i): model for i, model in enumerate(models)})


@contextmanager
def quantization_fails_one() -> Iterator[None]:
    """Make what cannot be quantized the failure of its candidate, not the end of the campaign."""
    try:
        yield
    except QuantizationError as error:
        raise CandidateError(f"the trained network cannot be quantized: {error}") from error
