"""One candidate from network to figures: build, train, calibrate, approximate, measure.

Runs in a worker process. The validation split decides; the test set is measured by
`test_candidate` alone, for front members, after the search.
"""

import time
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from typing import Any

import keras

from evoapproxnas.config import DataConfig, RunConfig
from evoapproxnas.emulation import approximate, observe
from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.emulation.conversion.interchange import exchange
from evoapproxnas.multipliers import load_library, use_library
from evoapproxnas.networks import Network
from evoapproxnas.networks.keras_model import build_model
from evoapproxnas.objectives import Subject, measure
from evoapproxnas.problems.cnn.garbage import garbage_collected_once
from evoapproxnas.problems.cnn.tasks import MODELS, EvaluationTask, TestTask, recipe
from evoapproxnas.records import Evaluation, Training
from evoapproxnas.training import Dataset, accuracy, deterministic, fit, load_dataset
from evoapproxnas.training.model_file import save_model


def evaluate_candidate(task: EvaluationTask, models: Path) -> Evaluation:
    """Train one network, approximate it, measure what needs training, and save both models.

    Args:
        task: what to do.
        models: folder that takes `MODELS`.

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
    with garbage_collected_once():
        evaluation = _evaluated(task, models)
    return replace(evaluation, seconds=time.monotonic() - start)


def _evaluated(task: EvaluationTask, models: Path) -> Evaluation:
    config = task.config
    data = _dataset(config.data)
    network = Network.from_dict(task.network)
    model = build_model(network, mean=data.mean, variance=data.variance, seed=task.seed)
    fitted = fit(model, data, config.training, seed=task.seed)

    x, y = data.x_val, data.y_val
    calibration = _calibration(model, data, config)
    approximated = approximate(
        model, network.assignment, calibration, **config.quantization.conversion_options
    )
    subject = Subject(
        network,
        load_library(),
        config.quantization.exact_multiplier,
        accuracy(approximated, x, y),
    )
    metrics = measure(subject, config, cost="trained")
    metrics["float_error"] = 1.0 - accuracy(model, x, y)
    metrics["epochs"] = float(fitted.epochs)
    for name, made in zip(MODELS, (approximated, model), strict=True):
        save_model(made, models / name)
    # Last, as it changes the model.
    exact8 = _exact8(model, approximated, calibration, config)
    metrics["exact8_error"] = 1.0 - accuracy(exact8, x, y)
    training = Training(
        budget=float(task.config.training.epochs),
        recipe=recipe(task.config),
        history=tuple(asdict(record) for record in fitted.history),
        seconds=fitted.seconds,
    )
    return Evaluation(metrics, training=training)


def test_candidate(task: TestTask, models: Path) -> Evaluation:
    """Measure saved models on the test set.

    Args:
        task: whose they are.
        models: folder of `MODELS`.

    Returns:
        `accuracy` of the approximated network, `float_accuracy`, `exact8_accuracy`.

    Raises:
        ValueError: if a model cannot be read.
    """
    start = time.monotonic()
    _prepare(task.config)
    with garbage_collected_once():
        metrics = _tested(task, models)
    return Evaluation(metrics, time.monotonic() - start)


def _tested(task: TestTask, models: Path) -> dict[str, float]:
    data = _dataset(task.config.data)
    approximated, model = (keras.saving.load_model(models / name) for name in MODELS)
    x, y = data.x_test, data.y_test
    metrics = {"accuracy": accuracy(approximated, x, y), "float_accuracy": accuracy(model, x, y)}
    exact8 = _exact8(model, approximated, _calibration(model, data, task.config), task.config)
    return {**metrics, "exact8_accuracy": accuracy(exact8, x, y)}


def _prepare(config: RunConfig) -> None:
    """Make this process deterministic, and let it find the run's own library."""
    deterministic(config.execution.threads_per_worker)
    if config.space.library is not None:
        use_library(config.space.library)


def _calibration(model: keras.Model, data: Dataset, config: RunConfig) -> Any:
    """Return what `approximate` is calibrated by: images, or statistics if they are used twice."""
    images = data.x_train[: config.quantization.calibration_images]
    return observe(model, images) if config.quantization.tune_weights else images


def _exact8(
    model: keras.Model, approximated: keras.Model, calibration: Any, config: RunConfig
) -> keras.Model:
    """Return the same network with the exact multiplier everywhere: the honest baseline.

    Where codes have the same form, it is the approximated model itself with other multipliers, as
    converting and calibrating once more would give the same.
    """
    exact = load_library()[config.quantization.exact_multiplier]
    layers = emulated_layers(approximated)
    form = exact.signed, config.quantization.value.widths
    if config.quantization.tune_weights or any(
        (layer.multiplier.signed, layer.quantization.widths) != form for layer in layers.values()
    ):
        options = config.quantization.conversion_options
        return approximate(model, dict.fromkeys(layers, exact), calibration, **options)
    for path, layer in layers.items():
        exchange(layer, path, exact)
    return approximated


@cache
def _dataset(config: DataConfig) -> Dataset:
    return load_dataset(config)
