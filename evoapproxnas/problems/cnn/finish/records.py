"""What the stages of the finish come to."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class Trained:
    """A training on all training images.

    Attributes:
        passes: over them.
        selected_epoch: whose weights are kept, by validation accuracy.
        val_accuracy: float, of these weights.
        seconds: wall-clock time.
        seed: of the training.
        begun_with: the step of the search whose weights it began with; empty: from scratch.
        history: figures of every epoch.
    """

    passes: int
    selected_epoch: int
    val_accuracy: float
    seconds: float
    seed: int
    begun_with: str
    history: tuple[Mapping[str, float | None], ...]


@dataclass(frozen=True, kw_only=True)
class Found:
    """An assignment on the front of a trained network.

    Attributes:
        assignment: multiplier by layer.
        val_accuracy: on validation images, before fine-tuning.
        energy_nj: multiplier energy of one inference.
        relative_energy: to the exact 8-bit multiplier.
    """

    assignment: Mapping[str, str]
    val_accuracy: float
    energy_nj: float
    relative_energy: float


@dataclass(frozen=True, kw_only=True)
class Assigned:
    """The front of assignments of a trained network, and what it has without one.

    Attributes:
        front: by falling energy.
        val_exact8_accuracy: of exact 8-bit everywhere, on the same images as the front.
        float_accuracy: on the test images.
        exact8_accuracy: likewise, before any fine-tuning.
        test_images: how many.
        seconds: wall-clock time.
    """

    front: tuple[Found, ...]
    val_exact8_accuracy: float
    float_accuracy: float
    exact8_accuracy: float
    test_images: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Tuned:
    """A network that was fine-tuned through its multipliers.

    Attributes:
        training: identity of the training that it began with.
        kind: "approximate", or "exact a6w6" for a baseline.
        assignment: multiplier by layer.
        val_before: on the validation split.
        val_accuracy: likewise, after; selects the epoch.
        test_before: on the test split, for reporting.
        test_accuracy: likewise, after.
        passes: over all training images.
        selected_epoch: whose weights were kept; 0: those it began with.
        gradient: slope of a product in the backward pass.
        seconds: the training took.
        seed: of the training.
        figures: energies and sizes, by name.
    """

    training: str
    kind: str
    assignment: Mapping[str, str]
    val_before: float
    val_accuracy: float
    test_before: float
    test_accuracy: float
    passes: int
    selected_epoch: int
    gradient: str
    seconds: float
    seed: int
    figures: Mapping[str, float] = field(default_factory=dict)
