"""What retraining through the approximate forward pass wins back."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

import keras
import pandas as pd
from pydantic import ValidationError

from evoapproxnas.arguments import check_function
from evoapproxnas.config import TrainingConfig
from evoapproxnas.emulation import approximate
from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.emulation.conversion.convert import exact_twin
from evoapproxnas.errors import ConfigError
from evoapproxnas.files.records import explain
from evoapproxnas.multipliers import LayerChoice
from evoapproxnas.quantization import Gradient, Quantization
from evoapproxnas.resilience.given import as_model
from evoapproxnas.resilience.options import check_numbers
from evoapproxnas.training import Dataset, EpochRecord, fit
from evoapproxnas.training.classifier import check_classifier, gives_probabilities, input_item
from evoapproxnas.training.datasets.given import as_dataset
from evoapproxnas.training.evaluate import accuracy_of, make_predictor

Twin = Literal["exact8"]
"""The network itself, as it is given, with the exact 8-bit multiplier in all layers."""

LEARNING_RATE = 0.01
BATCH_SIZE = 128
EMA_DECAY = 0.998
"""Four epochs at a rate of 0.02 without the average of weights took ResNet-8, assigned circuits
of 0.22 of the exact energy, from 85.5 to 87.0 % validation accuracy; 0.01 with it to 87.2 %."""
CLIP_NORM = 1.0
"""Folded batch norms leave weights of very different sizes. Without clipping, a rate of 0.005 left
ResNet-8 at chance (CIFAR-10, a circuit of 0.28 of the exact power). With it, 16 steps took the
validation accuracy from 16 % to 78 % at a rate of 0.02, and to 59 % at 0.005."""


@dataclass(frozen=True, kw_only=True)
class FinetuneResult:
    """Accuracies, 0..1, before and after retraining; "after" is of the selected weights.

    Attributes:
        gradient: "ste" or "table".
        val_before: on the validation split, which selects.
        val_after: never below `val_before`, as the weights of the start may be selected.
        test_before: on the test split, for reporting.
        test_after: on the test split, for reporting.
        selected_epoch: whose weights the model has; 0: those it came with.
        history: one record per epoch.
        model: the retrained model: what was given, or what its file holds.
    """

    gradient: Gradient
    val_before: float
    val_after: float
    test_before: float
    test_after: float
    selected_epoch: int
    history: tuple[EpochRecord, ...]
    model: keras.Model = field(repr=False, compare=False)

    def table(self) -> pd.DataFrame:
        """Return one row per epoch."""
        return pd.DataFrame([asdict(record) for record in self.history])

    @property
    def seconds(self) -> float:
        """Time of training."""
        return self.history[-1].seconds


def finetune(
    model: keras.Model | str | Path,
    data: Any,
    epochs: int,
    *,
    gradient: Gradient = "ste",
    learning_rate: float = LEARNING_RATE,
    batch_size: int = BATCH_SIZE,
    weight_decay: float = 0.0,
    clip_norm: float = CLIP_NORM,
    ema_decay: float = EMA_DECAY,
    pixel_scale: float = 255.0,
    seed: int = 0,
    on_epoch: Callable[[EpochRecord], None] | None = None,
    checkpoint: Path | None = None,
    teacher: keras.Model | Twin | None = None,
    distillation_weight: float = 0.5,
    distillation_temperature: float = 2.0,
) -> FinetuneResult:
    """Train an approximate model in place, and keep its best weights by validation accuracy.

    Every product of the forward pass comes from the multipliers' tables; activation ranges and
    folded batch norms stay as calibrated. Nesterov SGD, the rate falls along a cosine.

    Args:
        model: what `approximate` returned, or any model with approximate layers that gives
            logits; or the path of a saved one.
        data: a data set by name, an .npz file, arrays of pixels or other numbers, or a `Dataset`;
            see `as_dataset`.
        epochs: passes over the training split, at least 1.
        gradient: what the backward pass takes for the slope of a product, see the layers: "ste"
            the exact one, "table" that of the smoothed table.
        learning_rate: of the first step.
        batch_size: images per step.
        weight_decay: L2 on kernels.
        clip_norm: largest norm of all gradients together; 0: any.
        ema_decay: of the average of the weights over the steps; 0: none.
        pixel_scale: what a pixel of 255, or a number of 255 in arrays, is for the model.
        seed: decides the order of images and their augmentation.
        on_epoch: called after every epoch; what it raises ends the training.
        checkpoint: file that holds the state after every epoch; see `training.fit`.
        teacher: what the model learns from beside the labels: a trained model that takes the
            same pixels and gives logits, such as the float network; or "exact8", its own twin
            with the exact 8-bit multiplier and the weights that it comes with.
        distillation_weight: part of the loss that comes from the teacher.
        distillation_temperature: by which the logits of both are divided before that.

    Returns:
        The model, and accuracies epoch by epoch.

    Raises:
        ConfigError: if the model has no approximate layer, it or its teacher gives probabilities,
            the teacher is none of these, or a number is out of its range.
        DatasetError: if model and data set do not fit each other.
        TrainingDiverged: if the rate is too high.
        StoreError: if the checkpoint cannot be read or written.
    """
    check_numbers(seed=seed, pixel_scale=pixel_scale)
    check_function(on_epoch=on_epoch)
    config = _training(
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        weight_decay=weight_decay,
        clip_norm=clip_norm,
        ema_decay=ema_decay,
        distillation_weight=distillation_weight,
        distillation_temperature=distillation_temperature,
    )
    _check_teacher(teacher)
    model, dataset = as_model(model), as_dataset(data)
    layers = emulated_layers(model).values()
    if not layers:
        raise ConfigError(
            f"model {model.name!r} has no approximate layer to retrain; convert it with "
            f"approximate(model, multiplier, calibration_data) first"
        )
    teacher = exact_twin(model) if isinstance(teacher, str) else teacher
    taught_by = None if teacher is None else _of_pixels(teacher, dataset, pixel_scale)
    trained = _of_pixels(model, dataset, pixel_scale)
    for layer in layers:
        layer.gradient = gradient
    predict = make_predictor(trained)
    val_before = accuracy_of(predict, dataset.x_val, dataset.y_val)
    test_before = accuracy_of(predict, dataset.x_test, dataset.y_test)
    start = model.get_weights()
    result = fit(
        trained,
        dataset,
        config,
        seed=seed,
        on_epoch=on_epoch,
        keep_best=True,
        checkpoint=checkpoint,
        teacher=taught_by,
    )
    val_after = result.selected.val_accuracy or 0.0
    better = val_after > val_before
    if not better:
        model.set_weights(start)
    return FinetuneResult(
        gradient=gradient,
        val_before=val_before,
        val_after=val_after if better else val_before,
        test_before=test_before,
        test_after=accuracy_of(predict, dataset.x_test, dataset.y_test),
        selected_epoch=result.selected.epoch if better else 0,
        history=result.history,
        model=model,
    )


def finetune_assignment(
    model: keras.Model,
    dataset: Dataset,
    multipliers: Mapping[str, str | LayerChoice],
    epochs: int,
    *,
    calibration: Any,
    quantization: Quantization,
    gradient: Gradient,
    **options: Any,
) -> FinetuneResult:
    """Give the layers of a trained network multipliers, and fine-tune it with them.

    Args:
        model: trained, float; it is left alone.
        dataset: as for `finetune`.
        multipliers: by layer.
        epochs: as for `finetune`.
        calibration: as for `approximate`.
        quantization: of all layers.
        gradient: as for `finetune`.
        **options: of `finetune`.

    Raises:
        EvoApproxNASError: as `approximate` and `finetune` do.
    """
    network = approximate(
        model, multipliers, calibration, **replace(quantization, gradient=gradient).options
    )
    return finetune(network, dataset, epochs, gradient=gradient, **options)


def _training(**values: Any) -> TrainingConfig:
    """Return how to retrain, or raise ConfigError for a value that cannot be used."""
    try:
        return TrainingConfig(optimizer="sgd", schedule="cosine", **values)
    except ValidationError as error:
        raise ConfigError(f"cannot retrain: {explain(error)}") from None


def _check_teacher(teacher: Any) -> None:
    if teacher is None or isinstance(teacher, keras.Model):
        return
    if isinstance(teacher, str) and teacher in get_args(Twin):
        return
    raise ConfigError(
        f"teacher must be a Keras model, 'exact8' (the model's own exact 8-bit twin) or None, got "
        f"{teacher!r:.60}"
    )


def _of_pixels(model: keras.Model, dataset: Dataset, pixel_scale: float) -> keras.Model:
    """Return the model, or one around it, that takes the data set's images as they are."""
    check_classifier(model, dataset)
    if gives_probabilities(model):
        raise ConfigError(
            f"model {model.name!r} gives probabilities, expected logits; take off its last "
            "activation"
        )
    item = input_item(model, dataset.input_shape) or dataset.input_shape
    if item == dataset.input_shape and pixel_scale == 255:
        return model
    layers = [keras.Input(dataset.input_shape), keras.layers.Rescaling(pixel_scale / 255)]
    return keras.Sequential([*layers, keras.layers.Reshape(item), model], name=model.name)
