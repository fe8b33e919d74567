"""How each layer alone takes each multiplier: the outputs of the network, measured once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import StoreError
from evoapproxnas.multipliers import Multiplier
from evoapproxnas.resilience.journal import Journal
from evoapproxnas.resilience.network import EmulatedNetwork
from evoapproxnas.resilience.scores import Scores, accuracy, cross_entropy, scores, squared_error

COLUMNS = ("layer", "multiplier", "accuracy", "cross_entropy", "squared_error")
Observer = Callable[[str, int, int], None]
"""Is told a layer and multiplier, how many pairs are done, and of how many."""


@dataclass(frozen=True, eq=False)
class Sensitivities:
    """What one approximate layer does to the scores, all other layers being exact.

    Attributes:
        exact: scores of the network with exact multipliers, (images, classes).
        changes: what is added to them by multiplier m in layer l alone, float32
            (layers, multipliers, images, classes).
        labels: classes of the images.
    """

    exact: Scores
    changes: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int64]


def measure_sensitivities(
    network: EmulatedNetwork,
    multipliers: Sequence[Multiplier],
    labels: npt.NDArray[np.int64],
    *,
    folder: Path | None,
    observer: Observer,
) -> Sensitivities:
    """Measure every pair that the folder does not hold yet, the last layers first.

    In this order the exact outputs of all layers before the one that changes are at hand.

    Args:
        network: emulated on validation images.
        multipliers: those to choose from.
        labels: of the first images, which are used.
        folder: keeps `sensitivities.csv` and `.npy`.
        observer: is told each new pair.

    Raises:
        StoreError: if the folder cannot be written or its files do not belong together.
    """
    count = len(labels)
    exact = scores(network.outputs({}, last=count))
    shape = (len(network.layers), len(multipliers), *exact.shape)
    changes = _storage(folder, shape)
    journal = Journal(folder, "sensitivities.csv", COLUMNS)
    known = {(row["layer"], row["multiplier"]) for row in journal.rows}
    pairs = [(i, j) for i in reversed(range(len(network.layers))) for j in range(len(multipliers))]
    for number, (i, j) in enumerate(pairs, start=1):
        layer, multiplier = network.layers[i], multipliers[j]
        if (layer.path, multiplier.name) in known:
            continue
        measured = exact
        if multiplier.digest != network.exact.digest:
            measured = scores(network.outputs({layer.path: multiplier}, last=count))
        changes[i, j] = measured - exact
        if isinstance(changes, np.memmap):
            changes.flush()
        row = (layer.path, multiplier.name, accuracy(measured, labels),
               float(cross_entropy(measured, labels)), squared_error(measured, exact))  # fmt: skip
        journal.append(dict(zip(COLUMNS, row, strict=True)))
        observer(f"{layer.path} with {multiplier.name}", number, len(pairs))
    return Sensitivities(exact, changes, labels)


def _storage(folder: Path | None, shape: tuple[int, ...]) -> npt.NDArray[np.float32]:
    """Return an array on disk, the one that is there already or a new one; or in memory."""
    if folder is None:
        return np.zeros(shape, np.float32)
    path = folder / "sensitivities.npy"
    try:
        if not path.exists():
            return np.lib.format.open_memmap(path, mode="w+", dtype=np.float32, shape=shape)
        stored = np.lib.format.open_memmap(path, mode="r+")
    except (OSError, ValueError) as error:
        raise StoreError(f"cannot use {path}: {error}; choose another folder") from error
    if stored.shape != shape:
        raise StoreError(
            f"{path} holds sensitivities of shape {stored.shape}, expected {shape}; choose "
            "another folder"
        )
    return stored
