"""The work of a worker at the finish: training, a front of assignments, fine-tuning."""

import time
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import keras

from evoapproxnas.config import TrainingConfig
from evoapproxnas.emulation import approximate
from evoapproxnas.errors import StoreError
from evoapproxnas.executors.envelope import Blobs
from evoapproxnas.hardware.energy import mmac_equivalents
from evoapproxnas.multipliers import load_library
from evoapproxnas.networks import Network
from evoapproxnas.networks.keras_model import build_model
from evoapproxnas.problems.cnn.assigning import front_of_assignments
from evoapproxnas.problems.cnn.common import calibrated_by, dataset, prepare_process, saved
from evoapproxnas.problems.cnn.finish.choosing import usable_points
from evoapproxnas.problems.cnn.finish.records import Assigned, Found, Trained, Tuned
from evoapproxnas.problems.cnn.finish.tasks import TEACHER, AssignWork, TrainWork, TuneWork
from evoapproxnas.problems.cnn.finish.turns import TurnOver, turn_clock
from evoapproxnas.problems.cnn.garbage import garbage_collected_once
from evoapproxnas.problems.cnn.pricing import price
from evoapproxnas.problems.cnn.tasks import WEIGHTS
from evoapproxnas.problems.finishing import CHECKPOINT, Turn
from evoapproxnas.resilience.retraining import FinetuneResult, finetune_assignment
from evoapproxnas.store.finish import FOLDER
from evoapproxnas.training import Dataset, FitResult, accuracy, fit
from evoapproxnas.training.inheritance import unpack_weights
from evoapproxnas.training.restoring import packed, restored
from evoapproxnas.wording import several


def train_for_a_turn(work: TrainWork, blobs: Blobs) -> tuple[Turn, bytes]:
    """Train a network for a turn.

    Args:
        work: what to do.
        blobs: `WEIGHTS` to begin with, those of the `TEACHER`, the `CHECKPOINT` that the last turn
            left; as far as there are some.

    Returns:
        The turn; and its state, or at the end the weights of the best epoch.

    Raises:
        TrainingDiverged: if the loss stops being finite.
        StoreError: if the weights to begin with are damaged.
    """
    prepare_process(work.config)
    with garbage_collected_once():
        data = dataset(work.config.data)
        model, moments = _begun(work, blobs.get(WEIGHTS, b""), data)
        config = work.config.training
        seconds = work.config.finish.turn_seconds
        state = blobs.get(CHECKPOINT)
        with turn_clock(state, epochs=config.epochs, seconds=seconds) as clock:
            try:
                fitted = fit(
                    model,
                    data,
                    config,
                    seed=work.seed,
                    keep_best=True,
                    checkpoint=clock.file,
                    on_epoch=clock,
                    teacher=_teacher(work, blobs),
                )
            except TurnOver:
                text = f"{clock.note}trained for {clock.text}"
                return Turn(text, complete=False), clock.file.read_bytes()
        record = _trained(fitted, config, work)
        text = f"{clock.note}{_summary('trained', record)}"
        return Turn(text, record=asdict(record)), packed(model, **moments)


def _begun(work: TrainWork, weights: bytes, data: Dataset) -> tuple[keras.Model, dict[str, Any]]:
    """The model to train, and what its input is normalized by."""
    network = Network.from_dict(work.network)
    if not weights:
        moments: dict[str, Any] = {"mean": data.mean, "variance": data.variance}
        return build_model(network, **moments, seed=work.seed), moments
    where = f"weights of {work.begin}"
    _, notes = unpack_weights(weights, where=where)
    moments = {name: notes[name] for name in ("mean", "variance")}
    return restored(network, weights, where=where), moments


def _teacher(work: TrainWork | TuneWork, blobs: Blobs) -> keras.Model | None:
    if work.teacher is None:
        return None
    network = Network.from_dict(work.teacher)
    return restored(network, blobs[TEACHER], where=f"weights of the teacher of {work.name}")


def _finished(network: Network, weights: bytes, member: str) -> keras.Model:
    """The model that the training of a member left.

    Raises:
        StoreError: if the file is damaged; without it the member is trained again.
    """
    file = f"{FOLDER}/{member}.{WEIGHTS}"
    try:
        return restored(network, weights, where=f"{file} of the run")
    except StoreError as error:
        raise StoreError(f"{error}: remove {file} and finalize again") from error


def _trained(fitted: FitResult, config: TrainingConfig, work: TrainWork) -> Trained:
    return Trained(
        passes=config.epochs,
        selected_epoch=fitted.selected.epoch,
        val_accuracy=fitted.selected.val_accuracy or 0.0,
        seconds=fitted.seconds,
        seed=work.seed,
        begun_with=work.begin,
        history=tuple(asdict(record) for record in fitted.history),
    )


def find_assignments(work: AssignWork, weights: bytes) -> Turn:
    """Find a front of assignments, and measure what the network has without one.

    Raises:
        QuantizationError: if the network cannot be quantized.
        StoreError: if its weights are damaged.
    """
    started = time.monotonic()
    prepare_process(work.config)
    with garbage_collected_once():
        config, data = work.config, dataset(work.config.data)
        network = Network.from_dict(work.network)
        model = _finished(network, weights, work.name)
        points = front_of_assignments(
            model,
            network,
            data,
            config,
            choices=work.choices,
            baselines={},
            known=work.known,
            seed=work.seed,
        )
        exact = dict.fromkeys(network.assignment, config.quantization.exact_multiplier)
        exact8 = approximate(
            model,
            exact,
            calibrated_by(model, data, config),
            **config.quantization.conversion_options,
        )
        found = [
            Found(
                assignment=point.assignment,
                val_accuracy=1.0 - point.metrics["error"],
                energy_nj=point.metrics["energy_nj"],
                relative_energy=point.metrics["relative_energy"],
            )
            for point in points
        ]
        record = Assigned(
            front=tuple(sorted(found, key=lambda f: -f.energy_nj)),
            val_exact8_accuracy=1.0 - points[0].metrics["exact8_error"],
            float_accuracy=accuracy(model, data.x_test, data.y_test),
            exact8_accuracy=accuracy(exact8, data.x_test, data.y_test),
            test_images=len(data.x_test),
            seconds=time.monotonic() - started,
        )
    cheapest = record.front[-1].relative_energy
    text = several(len(record.front), "assignment")
    text += f" down to {cheapest:.3f} of the exact 8-bit energy"
    allowed = work.config.finish.max_loss_points
    if not usable_points(record, max_loss_points=allowed):
        text += (
            f"; none is fine-tuned, as all that take less than exact 8-bit lose more than "
            f"{allowed:g} points (finish.max_loss_points)"
        )
    return Turn(text, record=asdict(record))


def tune_for_a_turn(work: TuneWork, blobs: Blobs) -> tuple[Turn, bytes]:
    """Fine-tune a network through its multipliers for a turn.

    Args:
        work: what to do.
        blobs: `WEIGHTS` of the trained network, those of the `TEACHER`, the `CHECKPOINT` that the
            last turn left; as far as there are some.

    Returns:
        The turn; and its state, or at the end the model as a .keras file.

    Raises:
        TrainingDiverged: if the loss stops being finite.
        QuantizationError: if the network cannot be quantized.
        StoreError: if the weights are damaged.
    """
    prepare_process(work.config)
    with garbage_collected_once():
        data, finish = dataset(work.config.data), work.config.finish
        network = Network.from_dict(work.network)
        model = _finished(network, blobs[WEIGHTS], work.name.rpartition("-")[0])
        epochs, seconds = finish.finetune_passes, finish.turn_seconds
        training = work.config.training
        with turn_clock(blobs.get(CHECKPOINT), epochs=epochs, seconds=seconds) as clock:
            try:
                done = finetune_assignment(
                    model,
                    data,
                    network.assignment,
                    epochs,
                    calibration=calibrated_by(model, data, work.config),
                    quantization=work.config.quantization.value,
                    gradient=finish.gradient,
                    learning_rate=finish.finetune_learning_rate,
                    batch_size=finish.finetune_batch_size,
                    seed=work.seed,
                    checkpoint=clock.file,
                    on_epoch=clock,
                    teacher=_teacher(work, blobs),
                    distillation_weight=training.distillation_weight,
                    distillation_temperature=training.distillation_temperature,
                )
            except TurnOver:
                text = f"{clock.note}fine-tuned for {clock.text}"
                return Turn(text, complete=False), clock.file.read_bytes()
        record = _tuned(done, work, network)
        text = f"{clock.note}{_summary('fine-tuned', record)}"
        text += f" ({100 * record.val_before:.2f} % before)"
        return Turn(text, record=asdict(record)), saved(done.model)


def _tuned(done: FinetuneResult, work: TuneWork, network: Network) -> Tuned:
    figures = price(network, load_library(), work.config)
    return Tuned(
        training=work.training,
        kind=work.kind,
        assignment=network.assignment,
        val_before=done.val_before,
        val_accuracy=done.val_after,
        test_before=done.test_before,
        test_accuracy=done.test_after,
        passes=work.config.finish.finetune_passes,
        selected_epoch=done.selected_epoch,
        gradient=done.gradient,
        seconds=done.seconds,
        seed=work.seed,
        figures={**figures, "mmac_equivalents": mmac_equivalents(figures["energy_nj"])},
    )


def _summary(what: str, record: Trained | Tuned) -> str:
    return (
        f"{what} for {several(record.passes, 'pass')} in "
        f"{timedelta(seconds=round(record.seconds))}, validation {100 * record.val_accuracy:.2f} %"
    )
