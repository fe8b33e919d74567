"""The configuration that trainings and assignments of the finish have."""

from typing import Any

from evoapproxnas.config import AssignmentConfig, RunConfig


def finish_settings(config: RunConfig) -> RunConfig:
    """Return a run's configuration with what section `finish` says in the sections it is about.

    All images of the training and of the validation split are used, and no training is cut short.
    Where accelerators are searched, no figure is about one: the points that are finished have
    several.
    """
    if config.hardware.search != "off":
        config = config.without_hardware()
    finish = config.finish
    training: dict[str, Any] = {"epochs": finish.passes, "max_seconds": None}
    if finish.learning_rate is not None:
        training["learning_rate"] = finish.learning_rate
    if finish.schedule is not None or config.training.schedule == "constant":
        training["schedule"] = finish.schedule or "one_cycle"
    if finish.batch_size is not None:
        training["batch_size"] = finish.batch_size
    assignment = AssignmentConfig(
        enabled=True,
        circuits=finish.circuits,
        bits=finish.bits,
        images=finish.images,
        sensitivity_images=finish.sensitivity_images,
        verify=finish.verify,
        max_loss_points=finish.max_loss_points,
    )
    names = ("per_channel", "tune_weights", "range_method")
    given = {name: getattr(finish, name) for name in names}
    quantization = {name: value for name, value in given.items() if value is not None}
    whole = {"train_images": None, "validation_images": None}
    return config.model_copy(
        update={
            "data": config.data.model_copy(update=whole),
            "training": config.training.model_copy(update=training),
            "quantization": config.quantization.model_copy(update=quantization),
            "assignment": assignment,
        }
    )
