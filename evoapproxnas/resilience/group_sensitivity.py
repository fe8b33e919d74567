"""What each group of a layer's channels does to the scores, from one measurement of each group.

Whole layers are measured with every multiplier. Of what a layer does with one of them, a group's
share follows from what its channels keep of the multiplier's errors, see `kept_errors`, and from
what the scores make of an error in these channels: that tells one measurement, of the group alone
with the multiplier of the middle error. So N groups take N more emulations for each layer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from evoapproxnas.files import Journal
from evoapproxnas.multipliers import MultiplierChoice, channels_text, grouped
from evoapproxnas.resilience.network import EmulatedNetwork
from evoapproxnas.resilience.scores import squared_error
from evoapproxnas.resilience.sensitivity import Observer, Sensitivities
from evoapproxnas.resilience.units import Unit

Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Known:
    """A row of `groups.csv`."""

    layer: str
    channels: str
    multiplier: str
    squared_error: float


COLUMNS = tuple(field.name for field in fields(_Known))


def with_groups(
    network: EmulatedNetwork,
    sensitivities: Sensitivities,
    choices: Sequence[MultiplierChoice],
    *,
    folder: Path | None,
    observer: Observer,
) -> Sensitivities:
    """Return sensitivities with those of a network's units.

    Args:
        network: emulated on validation images.
        sensitivities: of its whole layers.
        choices: what a unit can have.
        folder: keeps `groups.csv`.
        observer: is told each new measurement.

    Raises:
        StoreError: if the folder cannot be written or its file is of another kind.
    """
    measured = _Measured(network, sensitivities.images, folder)
    total = sum(unit.channels is not None for unit in network.units)
    rows, done = [], 0
    for layer, errors in zip(network.layers, sensitivities.squared_errors, strict=True):
        units = [unit for unit in network.units if unit.layer == layer.path]
        if units[0].channels is None:
            rows.append(errors[np.newaxis])
            continue
        kept = network.kept_by_channel(layer.path, choices)
        shares = np.array([kept[:, list(unit.channels or ())].sum(axis=1) for unit in units])
        if errors.any() and (wrong := np.flatnonzero(errors * shares.min(axis=0))).size:
            middle = int(wrong[np.argsort(errors[wrong])[len(wrong) // 2]])
            for row, unit in zip(shares, units, strict=True):
                row *= measured(unit, choices[middle]) / row[middle]
                done += 1
                observer(f"group of {layer.path} with {choices[middle].name}", done, total)
        together = shares.sum(axis=0)
        even = np.full(len(errors), 1 / len(units))
        rows.append(errors * np.where(together > 0, shares / np.maximum(together, 1e-300), even))
    return replace(sensitivities, unit_errors=np.concatenate(rows))


class _Measured:
    """Squared errors of the scores by one group of channels alone, each measured once."""

    def __init__(self, network: EmulatedNetwork, images: int, folder: Path | None) -> None:
        self._network, self._images = network, images
        self._exact = network.scores({}, last=images)
        self._journal = Journal(folder, "groups.csv", COLUMNS)
        self._known = {
            (row.layer, row.channels, row.multiplier): row.squared_error
            for row in self._journal.records(_Known)
        }

    def __call__(self, unit: Unit, choice: MultiplierChoice) -> float:
        channels = unit.channels or ()
        key = (unit.layer, channels_text(channels), choice.name)
        if key not in self._known:
            whole = {c for u in self._network.units if u.layer == unit.layer
                     for c in u.channels or ()}  # fmt: skip
            rest = tuple(sorted(whole - set(channels)))
            given = grouped([choice, self._network.exact], [channels, rest])
            scores = self._network.scores({unit.layer: given}, last=self._images)
            self._known[key] = squared_error(scores, self._exact)
            row = (*key, self._known[key])
            self._journal.append(dict(zip(COLUMNS, row, strict=True)))
        return self._known[key]
