"""One candidate from network to figures: build, train, calibrate, assign, measure.

Runs in a worker process. The validation split decides; the test set is measured by
`test_candidate` alone, for front members, after the search.
"""

import time
from dataclasses import asdict, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import keras

from evoapproxnas.config import DataConfig, RunConfig
from evoapproxnas.emulation import approximate, observe
from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.emulation.conversion.interchange import exchange
from evoapproxnas.multipliers import load_library, use_library
from evoapproxnas.networks import Network, match_layers
from evoapproxnas.networks.keras_model import build_model
from evoapproxnas.objectives import Subject, measure
from evoapproxnas.problems.cnn.assigning import Judge, assigned
from evoapproxnas.problems.cnn.garbage import garbage_collected_once
from evoapproxnas.problems.cnn.tasks import EvaluationTask, Origin, TestTask, recipe
from evoapproxnas.records import Evaluation, Point, Training
from evoapproxnas.store.weights import weights_file
from evoapproxnas.training import Dataset, accuracy, deterministic, fit, load_dataset
from evoapproxnas.training.inheritance import (
    inherit,
    load_weights,
    pack_weights,
    reestimate_batch_norm,
    unpack_weights,
    weights_of,
)
from evoapproxnas.training.model_file import save_model
from evoapproxnas.training.result import FitResult


def evaluate_candidate(task: EvaluationTask) -> Evaluation:
    """Train one network, find assignments for it, and measure what needs training.

    Returns:
        A point for each assignment: the objectives that the run asks for, and as baselines of
        the same trained network `float_error` and `exact8_error`; `epochs` for information. The
        trained weights are its file.

    Raises:
        TrainingDiverged: if the loss stops being finite.
        QuantizationError: if the network cannot be quantized, as a layer's inputs are all zero.
        StoreError: if the weights to begin with are damaged.
    """
    start = time.monotonic()
    _prepare(task.config)
    with garbage_collected_once():
        evaluation = _evaluated(task)
    return replace(evaluation, seconds=time.monotonic() - start)


def _evaluated(task: EvaluationTask) -> Evaluation:
    config = task.config
    data = _dataset(config.data)
    network = Network.from_dict(task.network)
    model = build_model(network, mean=data.mean, variance=data.variance, seed=task.seed)
    known = _begin(model, network, task)
    training, files = None, {}
    if task.passes:
        fitted = _fitted(model, data, task)
        training = _training(fitted, task)
        notes = {"mean": list(data.mean), "variance": list(data.variance)}
        files = {weights_file(task.name): pack_weights(weights_of(model), notes=notes)}
    points = _measured(model, network, data, config, known=known, seed=task.seed)
    first, *others = points
    return Evaluation(
        first.metrics,
        training=training,
        assignment=first.assignment,
        others=tuple(others),
        files=files,
    )


def _begin(
    model: keras.Model, network: Network, task: EvaluationTask
) -> tuple[dict[str, str], ...]:
    """Take over weights; return the assignments that go with them, by layer of this network."""
    source = task.source
    if source is None:
        return ()
    before = Network.from_dict(source.network)
    weights, _ = unpack_weights(source.weights, where=f"weights of {source.name}")
    match = match_layers(before, network)
    if before.architecture_key == network.architecture_key:
        load_weights(model, _renamed(weights, before, network))
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
            seed=task.seed,
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
    training = task.config.training.model_copy(update={"epochs": task.passes})
    return fit(model, data, training, seed=task.seed)


def _training(fitted: FitResult, task: EvaluationTask) -> Training:
    return Training(
        budget=float(task.passes),
        recipe=recipe(task.config),
        history=tuple(asdict(record) for record in fitted.history),
        seconds=fitted.seconds,
    )
