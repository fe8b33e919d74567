"""What a network of a run says of images: approximated, in exact 8-bit, in float. TensorFlow."""

from dataclasses import dataclass
from typing import Any, Literal

from numpy.typing import NDArray

from evoapproxnas.emulation import approximate
from evoapproxnas.multipliers import load_library
from evoapproxnas.store import Run
from evoapproxnas.training import load_dataset, predict_logits


@dataclass(frozen=True, eq=False)
class Predictions:
    """What networks say of the same images.

    Attributes:
        labels: number of the class of each image, shape (n,).
        logits: by name of the network, "exact 8-bit" and the like, shape (n, classes).
        classes: how many there are.
    """

    labels: NDArray[Any]
    logits: dict[str, NDArray[Any]]
    classes: int


def run_predictions(
    run: Run,
    name: str,
    *,
    split: Literal["test", "validation"] = "test",
    images: int | None = None,
) -> Predictions:
    """Let a member of a run's front classify images, beside its exact 8-bit twin and in float.

    Args:
        run: of networks.
        name: id of a point whose weights were kept, such as `g03-05-p2`.
        split: which images.
        images: the first so many; None: all.

    Raises:
        StoreError: if there is no such point, or its weights were not kept.
        DatasetError: if the data set is not there.
    """
    data = load_dataset(run.config.data)
    x, y = (data.x_test, data.y_test) if split == "test" else (data.x_val, data.y_val)
    x, y = x[:images], y[:images]
    approximated, model = run.model(name), run.model(name, kind="float")
    section = run.config.quantization
    exact = load_library()[section.exact_multiplier]
    layers = dict.fromkeys(run.network(name).assignment, exact)
    calibration = data.x_train[: section.calibration_images]
    twin = approximate(model, layers, calibration, **section.conversion_options)
    networks = {"float": model, "exact 8-bit": twin, "approximate": approximated}
    logits = {kind: predict_logits(network, x) for kind, network in networks.items()}
    return Predictions(y, logits, run.network(name).classes)
