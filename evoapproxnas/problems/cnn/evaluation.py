"""One candidate from network to figures: build, train, calibrate, approximate, measure.

Runs in a worker process. The validation split decides; the test set is measured by
`test_candidate` alone, for front members, after the search.
"""

import time
from dataclasses import asdict
from functools import cache

import keras

from evoapproxnas.config import DataConfig, RunConfig
from evoapproxnas.emulation import Calibration, approximate, observe
from evoapproxnas.multipliers import load_library, use_library
from evoapproxnas.networks import Network
from evoapproxnas.networks.keras_model import build_model
from evoapproxnas.objectives import Subject, measure
from evoapproxnas.problems.cnn.tasks import EvaluationTask, TestTask, recipe
from evoapproxnas.records import Evaluation, Training
from evoapproxnas.training import Dataset, accuracy, deterministic, fit, load_dataset
from evoapproxnas.training.model_file import save_model


def evaluate_candidate(task: EvaluationTask) -> Evaluation:
    """Train one network, approximate it, measure what needs training, and keep both models.

    Returns:
        The objectives of cost `trained` that the run asks for, and as baselines of the same
        trained network `float_error` and `exact8_error`; `epochs` for information. What is
        cheap the campaign knows already (`pricing.price`).

    Raises:
        TrainingDiverged: if the loss stops being finite.
        QuantizationError: if the network cannot be quantized, as a layer's inputs are all zero.
        StoreError: if the models cannot be written.
    """
    start = time.monotonic()
    _prepare(task.config)
    data = _dataset(task.config.data)
    network = Network.from_dict(task.network)
    model = build_model(network, mean=data.mean, variance=data.variance, seed=task.seed)
    fitted = fit(model, data, task.config.training, seed=task.seed)

    x, y = data.x_val, data.y_val
    calibration = _calibration(model, data, task.config)
    approximated = _approximated(model, network.assignment, calibration, task.config)
    exact8 = _exact8(model, network, calibration, task.config)
    exact = task.config.quantization.exact_multiplier
    subject = Subject(network, load_library(), exact, accuracy(approximated, x, y))
    metrics = measure(subject, task.config, cost="trained")
    metrics["exact8_error"] = 1.0 - accuracy(exact8, x, y)
    metrics["float_error"] = 1.0 - accuracy(model, x, y)
    metrics["epochs"] = float(fitted.epochs)

    save_model(model, task.models_dir / f"{task.name}.float.keras")
    save_model(approximated, task.models_dir / f"{task.name}.keras")
    keras.backend.clear_session()
    training = Training(
        budget=float(task.config.training.epochs),
        recipe=recipe(task.config),
        history=tuple(asdict(record) for record in fitted.history),
        seconds=fitted.seconds,
    )
    return Evaluation(metrics, time.monotonic() - start, training)


def test_candidate(task: TestTask) -> Evaluation:
    """Measure saved models on the test set.

    Returns:
        `accuracy` of the approximated network, `float_accuracy`, `exact8_accuracy`.

    Raises:
        OSError: if the candidate's models are gone.
    """
    start = time.monotonic()
    _prepare(task.config)
    data = _dataset(task.config.data)
    approximated = keras.saving.load_model(task.models_dir / f"{task.name}.keras")
    model = keras.saving.load_model(task.models_dir / f"{task.name}.float.keras")
    network = Network.from_dict(task.network)
    exact8 = _exact8(model, network, _calibration(model, data, task.config), task.config)
    models = {"accuracy": approximated, "float_accuracy": model, "exact8_accuracy": exact8}
    metrics = {name: accuracy(m, data.x_test, data.y_test) for name, m in models.items()}
    keras.backend.clear_session()
    return Evaluation(metrics, time.monotonic() - start)


def _prepare(config: RunConfig) -> None:
    """Make this process deterministic, and let it find the run's own library."""
    deterministic(config.execution.threads_per_worker)
    if config.space.library is not None:
        use_library(config.space.library)


def _calibration(model: keras.Model, data: Dataset, config: RunConfig) -> Calibration:
    return observe(model, data.x_train[: config.quantization.calibration_images])


def _approximated(
    model: keras.Model, assignment: dict[str, str], calibration: Calibration, config: RunConfig
) -> keras.Model:
    return approximate(
        model,
        multiplier=assignment,
        calibration_data=calibration,
        **config.quantization.conversion_options,
    )


def _exact8(
    model: keras.Model, network: Network, calibration: Calibration, config: RunConfig
) -> keras.Model:
    """Approximate the same layers with the exact multiplier: the honest baseline."""
    assignment = dict.fromkeys(network.assignment, config.quantization.exact_multiplier)
    return _approximated(model, assignment, calibration, config)


@cache
def _dataset(config: DataConfig) -> Dataset:
    return load_dataset(config)
