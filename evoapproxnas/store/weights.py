"""Weights of a run, a file for each step that trained; `training.inheritance` packs them."""

from pathlib import Path

from evoapproxnas.errors import StoreError
from evoapproxnas.records import StepId

SUFFIX = ".npz"


def weights_file(step: StepId | str) -> str:
    """Name of the file in the folder of models."""
    return f"{step}{SUFFIX}"


def read_weights(folder: Path, step: StepId) -> bytes:
    """Read what a step left.

    Raises:
        StoreError: if it is gone.
    """
    file = folder / weights_file(step)
    try:
        return file.read_bytes()
    except OSError as error:
        raise StoreError(
            f"cannot read the weights of {step} from {file}: {error.strerror}; weights are kept "
            "of front members and of what the search goes on from. Restore the file, or start a "
            "new run"
        ) from None
