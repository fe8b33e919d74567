"""Data sets, augmentation and training: from a fresh Keras model to a trained one.

    dataset = load_dataset(DataConfig(dataset="digits"))
    deterministic(threads=1)                  # once per process
    result = fit(model, dataset, TrainingConfig(epochs=10), seed=0)
    accuracy(model, dataset.x_val, dataset.y_val)

fitting          epochs of `pieces` of compiled `step`s, until budgets end; `progress` keeps state
optimizers, muon update rules; `schedule` their rate, `averaging` a mean of the weights
mixed_precision  feature maps in bfloat16, if the CPU has it; `batch_norm` in one operation
distillation     a teacher beside the labels
augmentation     moved and mirrored images

Models take pixels 0..255 and give logits. What needs TensorFlow is imported on first use, so
data sets can be loaded and described without it.
"""

from typing import TYPE_CHECKING

from evoapproxnas.first_use import on_first_use
from evoapproxnas.training.augmentation import Augmentation, augment
from evoapproxnas.training.datasets import SOURCES, Dataset, load_dataset
from evoapproxnas.training.schedule import cosine, one_cycle

if TYPE_CHECKING:
    from evoapproxnas.training.determinism import deterministic
    from evoapproxnas.training.evaluate import accuracy, make_predictor, predict_logits
    from evoapproxnas.training.fitting import fit
    from evoapproxnas.training.result import EpochRecord, FitResult

__all__ = [
    "SOURCES",
    "Augmentation",
    "Dataset",
    "EpochRecord",
    "FitResult",
    "accuracy",
    "augment",
    "cosine",
    "deterministic",
    "fit",
    "load_dataset",
    "make_predictor",
    "one_cycle",
    "predict_logits",
]

_HOMES = {
    "EpochRecord": "result",
    "FitResult": "result",
    "accuracy": "evaluate",
    "deterministic": "determinism",
    "fit": "fitting",
    "make_predictor": "evaluate",
    "predict_logits": "evaluate",
}

__getattr__ = on_first_use(__name__, _HOMES)
