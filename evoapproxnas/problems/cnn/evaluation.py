"""One candidate from network to figures: build, train, calibrate, assign, measure.

Runs in a worker process. The validation split decides; the test set is measured by
`test_candidate` alone, for front members, after the search.
"""

from dataclasses import asdict, replace
from typing import Any

import keras

from evoapproxnas.config import RunConfig
from evoapproxnas.emulation import approximate
from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.emulation.conversion.interchange import exchange
from evoapproxnas.errors import CandidateError, StoreError
from evoapproxnas.multipliers import load_library
from evoapproxnas.networks import Network, match_layers
from evoapproxnas.networks.keras_model import build_model
from evoapproxnas.problems.cnn.assigning import front_of_assignments, point_of
from evoapproxnas.problems.cnn.common import (
    calibrated_by,
    dataset,
    prepare_process,
    saved,
)
from evoapproxnas.problems.cnn.garbage import garbage_collected_once
from evoapproxnas.problems.cnn.stopwatch import stopwatch
from evoapproxnas.problems.cnn.tasks import EvaluationTask, Origin, TestTask, recipe
from evoapproxnas.records import Evaluation, Point, Training
from evoapproxnas.training import Dataset, accuracy, fit
from evoapproxnas.training.inheritance import (
    inherit,
    load_weights,
    reestimate_batch_norm,
    statistics_images,
    unpack_weights,
)
from evoapproxnas.training.restoring import packed, restored
from evoapproxnas.training.result import FitResult


def evaluate_candidate(task: EvaluationTask, weights: bytes) -> tuple[Evaluation, bytes]:
    """Train one network, find assignments for it, and measure what needs training.

    Args:
        task: what to do.
        weights: of its source, packed.

    Returns:
        A point for each assignment: the objectives that the run asks for, and as baselines of
        the same trained network `float_error` and `exact8_error`. And the trained weights,
        packed; empty where nothing was trained.

    Raises:
        TrainingDiverged: if the loss stops being finite.
        QuantizationError: if the network cannot be quantized, as a layer's inputs are all zero.
        StoreError: if the weights to begin with are damaged.
    """
    with stopwatch() as watch:
        prepare_process(task.config)
        with garbage_collected_once():
            evaluation, trained = _evaluated(task, weights)
    return replace(evaluation, seconds=watch.seconds), trained


def _evaluated(task: EvaluationTask, weights: bytes) -> tuple[Evaluation, bytes]:
    config = task.config
    data = dataset(config.data)
    network = Network.from_dict(task.network)
    model = build_model(network, mean=data.mean, variance=data.variance, seed=task.seed)
    known: tuple[dict[str, str], ...] = ()
    if task.source is not None:
        known = _begin(model, network, data, task, task.source, weights)
    training, trained = None, b""
    if task.passes:
        training = _training(_fitted(model, data, task), task)
        if config.inheritance.enabled:
            # Averages over a short training still remember the weights that it began with.
            reestimate_batch_norm(model, statistics_images(data))
        trained = packed(model, mean=data.mean, variance=data.variance)
    first, *others = _measured(model, network, data, task, known)
    evaluation = Evaluation(
        first.metrics, training=training, assignment=first.assignment, others=tuple(others)
    )
    return evaluation, trained


def _begin(
    model: keras.Model,
    network: Network,
    data: Dataset,
    task: EvaluationTask,
    source: Origin,
    packed_weights: bytes,
) -> tuple[dict[str, str], ...]:
    """Take over weights; return the assignments that go with them, by layer of this network."""
    before = Network.from_dict(source.network)
    weights, _ = unpack_weights(packed_weights, where=f"weights of {source.name}")
    match = match_layers(before, network)
    if before.architecture_key == network.architecture_key:
        own = {layer: weights[origin] for layer, origin in match.items() if origin is not None}
        load_weights(model, own)
    else:
        options = task.config.inheritance
        inherit(
            model,
            network,
            before,
            weights,
            match,
            shrink=options.shrink,
            perturb=options.perturb,
            images=statistics_images(data),
        )
    return _matched(source, match)


def _matched(source: Origin, match: dict[str, str | None]) -> tuple[dict[str, str], ...]:
    found = (
        {
            layer: assignment[parent]
            for layer, parent in match.items()
            if parent is not None and parent in assignment
        }
        for assignment in source.assignments
    )
    return tuple(assignment for assignment in found if assignment)


def _fitted(model: keras.Model, data: Dataset, task: EvaluationTask) -> FitResult:
    options = task.config.training
    changes = {"epochs": task.passes, "learning_rate": options.learning_rate * task.rate}
    training = options.model_copy(update=changes)
    before = 0 if task.source is None else task.source.passes
    return fit(model, data, training, seed=task.seed, passes_before=before)


def _training(fitted: FitResult, task: EvaluationTask) -> Training:
    return Training(
        budget=float(task.passes),
        recipe=recipe(task.config),
        history=tuple(asdict(record) for record in fitted.history),
        seconds=fitted.seconds,
    )


def _measured(
    model: keras.Model,
    network: Network,
    data: Dataset,
    task: EvaluationTask,
    known: tuple[dict[str, str], ...],
) -> list[Point]:
    """The points of a trained network: of its own assignment, or of a front of them."""
    config = task.config
    images = config.assignment.images if config.assignment.enabled else None
    x, y = data.x_val[:images], data.y_val[:images]
    baselines = {"float_error": 1.0 - accuracy(model, x, y)}
    if config.assignment.enabled:
        return front_of_assignments(
            model,
            network,
            data,
            config,
            choices=task.choices,
            baselines=baselines,
            known=known,
            seed=task.seed,
        )
    calibration = calibrated_by(model, data, config)
    approximated = approximate(
        model, network.assignment, calibration, **config.quantization.conversion_options
    )
    right = accuracy(approximated, x, y)
    # Last, as it changes the model.
    exact8 = _exact8(model, approximated, calibration, config)
    baselines["exact8_error"] = 1.0 - accuracy(exact8, x, y)
    return [point_of(network, right, baselines, config)]


def test_candidate(task: TestTask, weights: bytes) -> tuple[Evaluation, list[bytes]]:
    """Measure front members of one trained network on the test set.

    Args:
        task: the members.
        weights: their own, packed.

    Returns:
        For each member as a point `accuracy` of the approximated network, `float_accuracy`,
        `exact8_accuracy`; and the approximated models, as .keras files.

    Raises:
        CandidateError: if its weights are damaged.
    """
    with stopwatch() as watch:
        prepare_process(task.config)
        with garbage_collected_once():
            (first, *others), models = _tested(task, weights)
    tested = Evaluation(first, watch.seconds, others=tuple(Point(metrics) for metrics in others))
    return tested, models


def _tested(task: TestTask, weights: bytes) -> tuple[list[dict[str, float]], list[bytes]]:
    config = task.config
    data = dataset(config.data)
    network = Network.from_dict(task.network)
    try:
        model = restored(network, weights, where=f"weights of {task.weights}")
    except StoreError as error:  # The others of the front are measured all the same.
        raise CandidateError(str(error)) from error
    calibration = calibrated_by(model, data, config, often=len(task.assignments) > 1)
    options = config.quantization.conversion_options
    x, y = data.x_test, data.y_test
    found, contents = [], []
    for assignment in task.assignments:
        named = network.with_assignment(assignment).assignment
        approximated = approximate(model, named, calibration, **options)
        found.append(accuracy(approximated, x, y))
        contents.append(saved(approximated))
    baselines = {"float_accuracy": accuracy(model, x, y)}
    # Last, as it changes the model.
    exact8 = _exact8(model, approximated, calibration, config)
    baselines["exact8_accuracy"] = accuracy(exact8, x, y)
    return [{"accuracy": right, **baselines} for right in found], contents


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
        (layer.signed, layer.quantization.widths) != form for layer in layers.values()
    ):
        options = config.quantization.conversion_options
        return approximate(model, dict.fromkeys(layers, exact), calibration, **options)
    for path, layer in layers.items():
        exchange(layer, path, exact)
    return approximated
