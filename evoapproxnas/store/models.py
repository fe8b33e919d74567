"""Models of a run, made again of the weights that its steps left. Needs TensorFlow."""

from typing import TYPE_CHECKING, Literal

import keras

from evoapproxnas.emulation import approximate
from evoapproxnas.errors import StoreError
from evoapproxnas.multipliers import use_library
from evoapproxnas.records import PointId
from evoapproxnas.store.weights import read_weights
from evoapproxnas.training import load_dataset
from evoapproxnas.training.restoring import restored

if TYPE_CHECKING:
    from evoapproxnas.store.run_folder import Run


def load_model(
    run: "Run", name: PointId, *, kind: Literal["approximated", "float"]
) -> keras.Model:
    """Make the model of a point; see `Run.model`.

    Where the point was tested, its approximated model is there already. Runs of earlier versions
    have a file of the float model, too.

    Raises:
        StoreError: if its weights were not kept.
        DatasetError: if the data set that activation ranges are measured on is not there.
    """
    if run.config.space.library is not None:
        use_library(run.config.space.library)
    saved = run.models_dir / f"{name}{'.float' if kind == 'float' else ''}.keras"
    if saved.is_file():
        return keras.saving.load_model(saved)
    evaluation = run.database.evaluations().get(name.made_in)
    if evaluation is None or name.number >= len(evaluation.points):
        raise StoreError(f"run {run.name} has no point {name}: its candidate was not evaluated")
    weights = evaluation.weights or name.made_in
    point = evaluation.points[name.number]
    network = run.network(name).with_assignment(point.assignment)
    packed = read_weights(run.models_dir, weights)
    model = restored(network, packed, where=f"weights of {weights}")
    if kind == "float":
        return model
    options = run.config.quantization
    images = load_dataset(run.config.data).x_train[: options.calibration_images]
    return approximate(model, network.assignment, images, **options.conversion_options)
