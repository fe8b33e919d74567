"""How each layer alone takes each multiplier, measured once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import numpy.typing as npt

from evoapproxnas.files import Journal
from evoapproxnas.multipliers import MultiplierChoice
from evoapproxnas.resilience.network import EmulatedNetwork
from evoapproxnas.resilience.scores import accuracy, squared_error


@dataclass(frozen=True)
class _Known:
    """A row of `sensitivities.csv`."""

    layer: str
    multiplier: str
    accuracy: float
    squared_error: float


COLUMNS = tuple(field.name for field in fields(_Known))
Observer = Callable[[str, int, int], None]
"""Is told a layer and multiplier, how many pairs are done, and of how many."""


@dataclass(frozen=True, eq=False)
class Sensitivities:
    """What one approximate layer does to a network, all other layers being exact.

    Attributes:
        squared_errors: mean squared change of the scores, (layers, multipliers).
        losses: accuracy below that of the exact network, as shares of images, likewise.
        images: on which both were measured.
        unit_errors: squared errors by each unit of the network alone, (units, multipliers), where
            these are not the layers; see `group_sensitivity`.
    """

    squared_errors: npt.NDArray[np.float64]
    losses: npt.NDArray[np.float64]
    images: int
    unit_errors: npt.NDArray[np.float64] | None = None

    @property
    def single(self) -> npt.NDArray[np.float64]:
        """Squared errors by each unit alone, (units, multipliers)."""
        return self.squared_errors if self.unit_errors is None else self.unit_errors


def measure_sensitivities(
    network: EmulatedNetwork,
    choices: Sequence[MultiplierChoice],
    labels: npt.NDArray[np.int64],
    *,
    folder: Path | None,
    observer: Observer,
) -> Sensitivities:
    """Measure every pair that the folder does not hold yet, the last layers first.

    In this order the exact outputs of all layers before the one that changes are at hand.

    Args:
        network: emulated on validation images.
        choices: what a layer can have.
        labels: of the first images, which are used.
        folder: keeps `sensitivities.csv`.
        observer: is told each new pair.

    Raises:
        StoreError: if the folder cannot be written or its file is of another kind.
    """
    exact = network.scores({}, last=len(labels))
    journal = Journal(folder, "sensitivities.csv", COLUMNS)
    known = {
        (row.layer, row.multiplier): (row.accuracy, row.squared_error)
        for row in journal.records(_Known)
    }
    pairs = [(x.path, c) for x in reversed(network.layers) for c in choices]
    for number, (path, choice) in enumerate(pairs, start=1):
        if (path, choice.name) in known:
            continue
        measured = exact
        if choice.key != network.exact.key:
            measured = network.scores({path: choice}, last=len(labels))
        figures = accuracy(measured, labels), squared_error(measured, exact)
        known[path, choice.name] = figures
        journal.append(dict(zip(COLUMNS, (path, choice.name, *figures), strict=True)))
        observer(f"{path} with {choice.name}", number, len(pairs))
    figures_of = np.array([[known[x.path, c.name] for c in choices] for x in network.layers])
    return Sensitivities(
        squared_errors=figures_of[..., 1],
        losses=accuracy(exact, labels) - figures_of[..., 0],
        images=len(labels),
    )
