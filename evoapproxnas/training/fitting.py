"""Training a model on a data set, within a budget of epochs and seconds.

A loop of its own around compiled steps, as candidates are trained for seconds only: see `bench
campaign` for what `keras.Model.fit` takes.
With AMX, feature maps in bfloat16 make a step of ResNet-8 1.6 times as fast as in float32 (0.6
instead of 1.0 s of processor time per 1000 images, Xeon of family 6, model 167), with AVX-512 BF16
1.4 times (AMD EPYC of family 26, model 2); on CPUs without either, float32 is the fastest. XLA is
no way out: it compiles these steps for minutes.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

from evoapproxnas.config import TrainingConfig
from evoapproxnas.training.augmentation import alternating_flips, augment
from evoapproxnas.training.averaging import WeightAverage
from evoapproxnas.training.batch_norm import short_memory
from evoapproxnas.training.checks import check_model, check_weights
from evoapproxnas.training.datasets import Dataset
from evoapproxnas.training.datasets.dataset import digest_of
from evoapproxnas.training.distillation import Distillation
from evoapproxnas.training.graph_options import Execution, quickest_execution
from evoapproxnas.training.mixed_precision import gains_from_bfloat16
from evoapproxnas.training.optimizers import make_update
from evoapproxnas.training.pieces import Batch, Pieces
from evoapproxnas.training.progress import Progress
from evoapproxnas.training.result import EpochRecord, FitResult
from evoapproxnas.training.schedule import SCHEDULES
from evoapproxnas.training.step import TrainSteps, make_train_steps


def fit(
    model: Any,
    dataset: Dataset,
    config: TrainingConfig,
    *,
    seed: int,
    on_epoch: Callable[[EpochRecord], None] | None = None,
    keep_best: bool = False,
    checkpoint: Path | None = None,
    teacher: Any = None,
    passes_before: int = 0,
) -> FitResult:
    """Train the model in place on the training split.

    The seed decides the order of images, their augmentation and the dropout masks; the initial
    weights are the model's own. After `deterministic(threads)`, the same seed and model give
    the same weights, bit for bit, unless `max_seconds` cuts the training short; so does a
    training that was interrupted and goes on from its checkpoint.

    Args:
        model: any trainable Keras model from pixels 0..255 to logits; need not be compiled.
        dataset: gives images, classes and augmentation.
        config: budgets, optimizer and schedule. Images beyond the last whole batch of an epoch
            are left out; the batch is never larger than the training split. Training stops
            after the batch that exceeds `max_seconds`.
        seed: not negative.
        on_epoch: called after every epoch; what it raises ends the training.
        keep_best: measure validation accuracy after every epoch, and end with the weights of the
            best one instead of the last.
        checkpoint: file that holds the state after every epoch. If it exists already, training
            goes on from it.
        teacher: a trained model from pixels 0..255 to logits, which this one learns from beside
            the labels; see `Distillation` and the `distillation` keys of the configuration.
        passes_before: epochs that the weights have behind them; the order of images and their
            augmentation go on from there, so that a continued training sees new ones.

    Returns:
        Accuracies, and how training ended.

    Raises:
        TrainingDiverged: if a loss or, in the end, a weight is not finite.
        DatasetError: if the model's input or output does not fit the data set.
        ConfigError: if the model has nothing to train or ends in a softmax, or the checkpoint
            belongs to another training.
        StoreError: if the checkpoint cannot be read or written.
    """
    started = time.monotonic()
    config = config.for_this_machine()
    if not model.built:  # Its variables do not exist before its first call.
        model(tf.zeros((1, *dataset.input_shape)))
    check_model(model, dataset)
    _seed_dropout(model, seed)
    batch = min(config.batch_size, len(dataset.x_train))
    total_steps = config.epochs * (len(dataset.x_train) // batch)
    update = make_update(model.trainable_variables, config)
    average = WeightAverage(model, config.ema_decay) if config.ema_decay else None
    if teacher is not None:
        check_model(teacher, dataset, trained=False)
    steps = make_train_steps(
        model,
        update,
        image_shape=dataset.input_shape,
        image_dtype=dataset.x_train.dtype,
        batch=batch,
        classes=dataset.classes,
        label_smoothing=config.label_smoothing,
        clip_norm=config.clip_norm,
        average=average,
        bfloat16=_in_bfloat16(model, config, batch),
        distillation=None if teacher is None else _distillation(teacher, config, batch),
    )
    progress = Progress(
        model,
        dataset,
        optimizer_state=update.state,
        average=average,
        keep_best=keep_best,
        checkpoint=checkpoint,
        recipe={
            **_recipe(model, dataset, config),
            "seed": seed,
            "keep_best": keep_best,
            "passes_before": passes_before,
            "teacher": None if teacher is None else _weights(teacher),
            "images": None if checkpoint is None else _images(dataset),
        },
    )
    with short_memory(model, total_steps):
        for record in _epochs(
            steps,
            dataset,
            config,
            progress,
            batch=batch,
            seed=seed,
            passes_before=passes_before,
            started=started,
            execution=quickest_execution(model, batch),
        ):
            if on_epoch is not None:
                on_epoch(record)
    check_weights(model, progress.history[-1])
    progress.finish()
    complete = sum(record.steps for record in progress.history) == total_steps
    return FitResult(
        history=tuple(progress.history),
        stopped_by="epochs" if complete else "max_seconds",
        selected=progress.selected,
    )


def _recipe(model: Any, dataset: Dataset, config: TrainingConfig) -> dict[str, Any]:
    """What a checkpoint must agree with; how long training may take decides nothing."""
    augmentation = dataset.augmentation and asdict(dataset.augmentation)
    return {
        **config.model_dump(exclude={"max_seconds"}),
        "dataset": dataset.name,
        "train_images": len(dataset.x_train),
        "validation_images": len(dataset.x_val),
        "augmentation": augmentation,
        "weights": len(model.weights),
        "parameters": model.count_params(),
    }


def _images(dataset: Dataset) -> str:
    """Return a digest of what trains and selects."""
    return digest_of(dataset.x_train, dataset.y_train, dataset.x_val, dataset.y_val)


def _weights(model: Any) -> str:
    """Return a digest that tells a trained model from another."""
    return digest_of(*(weight.numpy() for weight in model.weights))


def _in_bfloat16(model: Any, config: TrainingConfig, batch: int) -> bool:
    return config.precision == "bfloat16" and gains_from_bfloat16(model, batch)


def _distillation(teacher: Any, config: TrainingConfig, batch: int) -> Distillation:
    return Distillation(
        teacher=teacher,
        weight=config.distillation_weight,
        temperature=config.distillation_temperature,
        bfloat16=_in_bfloat16(teacher, config, batch),
    )


def _epochs(
    steps: TrainSteps,
    dataset: Dataset,
    config: TrainingConfig,
    progress: Progress,
    *,
    batch: int,
    seed: int,
    passes_before: int,
    started: float,
    execution: Execution,
) -> Iterator[EpochRecord]:
    """Train epoch by epoch until all are done or time is up; yield their records."""
    done = progress.history
    started -= done[-1].seconds if done else 0.0
    deadline = np.inf if config.max_seconds is None else started + config.max_seconds
    pieces = Pieces(steps, deadline=deadline, execution=execution)
    schedule = _rates(config, len(dataset.x_train) // batch)
    for epoch, rates in list(enumerate(schedule, start=1))[len(done) :]:
        if done and time.monotonic() >= deadline:
            return
        begun = time.monotonic()
        batches = _batches(dataset, batch, seed=seed, epoch=passes_before + epoch)
        figures = pieces.run_epoch(batches, rates, epoch=epoch)
        loss, correct = figures.mean(axis=0).tolist()
        now = time.monotonic()
        record = EpochRecord(
            epoch=epoch,
            steps=len(figures),
            loss=loss,
            accuracy=correct / batch,
            learning_rate=rates[len(figures) - 1],
            seconds=now - started,
            images_per_second=len(figures) * batch / (now - begun),
        )
        yield progress.close_epoch(record, complete=len(figures) == len(rates))


def _rates(config: TrainingConfig, steps_per_epoch: int) -> list[list[float]]:
    """Learning rates of every step, a list per epoch."""
    total = config.epochs * steps_per_epoch
    rate = SCHEDULES[config.schedule]
    rates = [rate(s, total_steps=total, peak=config.learning_rate) for s in range(total)]
    return [rates[s : s + steps_per_epoch] for s in range(0, total, steps_per_epoch)]


def _batches(dataset: Dataset, batch: int, *, seed: int, epoch: int) -> Iterator[Batch]:
    rng = np.random.default_rng((seed, epoch))
    order = rng.permutation(len(dataset.x_train))
    augmentation = dataset.augmentation
    mirrored = None
    if augmentation is not None and augmentation.flips == "alternating":
        mirrored = alternating_flips(len(order), seed=seed, epoch=epoch)
    for start in range(0, len(order) - batch + 1, batch):
        index = order[start : start + batch]
        images = dataset.x_train[index]
        if augmentation is not None:
            chosen = None if mirrored is None else mirrored[index]
            images = augment(images, augmentation, rng, mirrored=chosen)
        yield images, dataset.y_train[index]


def _seed_dropout(model: Any, seed: int) -> None:
    """Start every random layer from the seed, not from where and when the model was built."""
    states = [v for v in model.non_trainable_variables if v.name == "seed_generator_state"]
    words = np.random.SeedSequence(seed).generate_state(2 * len(states), np.uint32)
    for state, pair in zip(states, words.reshape(-1, 2), strict=True):
        state.assign(pair)
