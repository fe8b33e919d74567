"""From the name and digest in a saved layer back to the multiplier, or an error that says why."""

from collections.abc import Sequence
from typing import Any
from weakref import WeakValueDictionary

import keras

from evoapproxnas.errors import MultiplierError, QuantizationError, UnknownNameError
from evoapproxnas.multipliers import (
    Channels,
    FilterGroups,
    Multiplier,
    MultiplierChoice,
    checked_channels,
    is_grouped,
    resolve,
)

_in_use: WeakValueDictionary[int, Multiplier] = WeakValueDictionary()
"""Multipliers of layers alive in this process, by id: what `clone_model` needs."""


def adopt(multiplier: str | Multiplier) -> Multiplier:
    """Resolve what a layer was given and remember it while it is in use.

    Raises:
        QuantizationError: if it is neither a name nor a multiplier, or says operand widths.
        UnknownNameError: for a name that the library does not have.
    """
    named = isinstance(multiplier, str) and "@" in multiplier
    if named or isinstance(multiplier, MultiplierChoice):
        choice = MultiplierChoice.of(multiplier)
        raise QuantizationError(
            f"a layer is given the widths of its codes beside the multiplier, got {choice}; use "
            f"multiplier={choice.multiplier.name!r}, activation_bits={choice.activation_bits}, "
            f"weight_bits={choice.weight_bits}"
        )
    if not isinstance(multiplier, (str, Multiplier)):
        raise QuantizationError(
            "multiplier must be a name in the library or a Multiplier, got "
            f"{type(multiplier).__name__}; make one of a table with "
            "Multiplier.from_table(name, table)"
        )
    resolved = resolve(multiplier)
    _in_use[id(resolved)] = resolved
    return resolved


def adopt_groups(
    given: Any, channel_groups: Sequence[Sequence[int]] | None = None
) -> tuple[tuple[Multiplier, ...], tuple[Channels, ...] | None]:
    """Resolve what a layer was given: one multiplier, or one for each group of channels.

    Args:
        given: to a layer.
        channel_groups: the channels of several multipliers, where these do not say them.

    Returns:
        The multipliers, and the channels of each; None for one multiplier or equal groups.

    Raises:
        QuantizationError: as `adopt` does, or for channels that are not those of several.
        MultiplierError: for multipliers that cannot be in one layer.
        UnknownNameError: for a name that the library does not have.
    """
    if isinstance(given, str) and is_grouped(given):
        given = FilterGroups.of(given)
    if isinstance(given, FilterGroups):
        if given.widths != (8, 8):
            raise QuantizationError(
                "a layer is given the widths of its codes beside the multipliers, as "
                f"activation_bits and weight_bits, got {given.label}"
            )
        channel_groups = given.channels if channel_groups is None else channel_groups
        given = [choice.multiplier for choice in given.choices]
    several = given if isinstance(given, (list, tuple)) else [given]
    multipliers = tuple(adopt(each) for each in several)
    label = "+".join(multiplier.name for multiplier in multipliers)
    if len({multiplier.signed for multiplier in multipliers}) != 1:
        raise MultiplierError(
            "expected one multiplier, or several that are all signed or all unsigned, got "
            f"{label or 'none'}"
        )
    if channel_groups is None:
        return multipliers, None
    channels = checked_channels(channel_groups, label)
    if len(channels) != len(multipliers) or len(multipliers) == 1:
        raise QuantizationError(
            f"channel_groups has {len(channels)} groups of output channels for the "
            f"multipliers {label}; give the channels of each of several, or leave it out"
        )
    return multipliers, channels


def recall(name: str, digest: str) -> Multiplier:
    """Return the multiplier that a saved layer names.

    Looked for in Keras' custom objects (`load_model(path, custom_objects={name: multiplier})`),
    among the multipliers in use, and in the library. One in use that has another name, and with it
    another power, stands for it only if there is none of that name.

    Raises:
        MultiplierError: if it is missing, or is found with another table.
    """
    given: Any = keras.saving.get_registered_object(name)
    if isinstance(given, Multiplier):
        return _checked(given, name, digest)
    same = {m.name: m for m in list(_in_use.values()) if m.digest == digest}
    if name in same:
        return same[name]
    try:
        found = resolve(name)
    except UnknownNameError as error:
        if same:
            return next(iter(same.values()))
        raise MultiplierError(
            f"the model was saved with multiplier {name!r} (digest {digest[:12]}...), which is "
            "not in the library; pass it: evoapproxnas.load_model(path, multipliers=[...]), "
            f"or custom_objects={{{name!r}: multiplier}} to Keras"
        ) from error
    if found.digest != digest and same:
        return next(iter(same.values()))
    return _checked(found, name, digest)


def _checked(multiplier: Multiplier, name: str, digest: str) -> Multiplier:
    if multiplier.digest != digest:
        raise MultiplierError(
            f"the model was saved with a different table of multiplier {name!r}: its digest is "
            f"{digest[:12]}..., the one found has {multiplier.digest[:12]}...; pass the original "
            "table: evoapproxnas.load_model(path, multipliers=[multiplier]), or "
            f"custom_objects={{{name!r}: multiplier}} to Keras"
        )
    return multiplier
