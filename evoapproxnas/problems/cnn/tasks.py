"""The work of one candidate as plain data, and the functions that executors call with it.

TensorFlow is imported inside the functions, in the worker, so that the campaign process, which
never trains, starts at once and stays small.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from evoapproxnas.config import RunConfig
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


def prepare() -> None:
    """Import what the other functions need, and only a worker may: TensorFlow above all."""
    import evoapproxnas.problems.cnn.evaluation  # noqa: F401


def evaluate(task: EvaluationTask) -> Evaluation:
    """Train a candidate and measure its objectives and baselines; see `evaluation.evaluate`."""
    from evoapproxnas.problems.cnn.evaluation import evaluate_candidate

    return evaluate_candidate(task)


def measure_test(task: TestTask) -> Evaluation:
    """Measure a front member on the test set; see `evaluation.test_candidate`."""
    from evoapproxnas.problems.cnn.evaluation import test_candidate

    return test_candidate(task)
