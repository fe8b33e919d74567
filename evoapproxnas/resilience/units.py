"""What one multiplier is chosen for: a layer, or a group of its output channels."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from evoapproxnas.errors import ConfigError
from evoapproxnas.multipliers import (
    Channels,
    LayerChoice,
    MultiplierChoice,
    grouped,
    named_groups,
)

LayerGroups = Mapping[str, Sequence[Channels]]
"""The groups of output channels of layers, by path; layers that are not named have none."""


@dataclass(frozen=True)
class Unit:
    """What one multiplier is chosen for.

    Attributes:
        layer: path of the layer.
        multiplications: for one image, by path of the approximate layers it consists of.
        channels: the layer's output channels that are meant; None: all.
    """

    layer: str
    multiplications: Mapping[str, float]
    channels: Channels | None = None


def units_of(layers: Mapping[str, Mapping[str, int]], groups: LayerGroups) -> tuple[Unit, ...]:
    """Return the units of layers, in their order.

    Args:
        layers: multiplications of their parts, by path.
        groups: of their channels.
    """
    found: list[Unit] = []
    for path, parts in layers.items():
        if path not in groups:
            found.append(Unit(path, parts))
            continue
        total = sum(map(len, groups[path]))
        for channels in groups[path]:
            counts = {part: n * len(channels) / total for part, n in parts.items()}
            found.append(Unit(path, counts, tuple(channels)))
    return tuple(found)


def chosen_for(
    units: Sequence[Unit], choices: Iterable[MultiplierChoice]
) -> dict[str, LayerChoice]:
    """Return the assignment, by layer, in which units have these choices.

    Args:
        units: of a network.
        choices: one for each unit.
    """
    of_layers: dict[str, list[tuple[MultiplierChoice, Channels | None]]] = {}
    for unit, choice in zip(units, choices, strict=True):
        of_layers.setdefault(unit.layer, []).append((choice, unit.channels))
    return {path: _together(pairs) for path, pairs in of_layers.items()}


def _together(pairs: Sequence[tuple[MultiplierChoice, Channels | None]]) -> LayerChoice:
    channels = [group for _, group in pairs if group is not None]
    if not channels:
        return pairs[0][0]
    return grouped([choice for choice, _ in pairs], channels)


def names_of(units: Sequence[Unit], texts: Mapping[str, str]) -> list[str]:
    """Return the text of each unit's choice from those of an assignment by layer.

    Args:
        units: of the network that it is for.
        texts: by layer; see `named_groups`.

    Raises:
        ConfigError: if a layer's groups of channels are not those of its units.
    """
    return [_name_of(unit, texts[unit.layer]) for unit in units]


def _name_of(unit: Unit, text: str) -> str:
    for name, channels in named_groups(text):
        if channels is None or unit.channels and set(unit.channels) <= set(channels):
            return name
    raise ConfigError(
        f"the assignment of layer {unit.layer!r}, {text:.80}, has other groups of channels than "
        "this search; begin it in another folder"
    )


def check_divisible(channels: Mapping[str, int], groups: int) -> None:
    """Check that the output channels of all layers can be divided into so many groups.

    Args:
        channels: how many output channels layers have.
        groups: how many are wanted.

    Raises:
        ConfigError: if those of a layer cannot.
    """
    wrong = [f"{path!r} ({count})" for path, count in channels.items() if count % groups]
    if wrong:
        common = int(np.gcd.reduce(list(channels.values())))
        possible = [n for n in range(1, common + 1) if common % n == 0]
        raise ConfigError(
            f"{groups} groups do not divide the output channels of {', '.join(wrong)}; possible "
            f"for this network are {', '.join(map(str, possible))}"
        )
