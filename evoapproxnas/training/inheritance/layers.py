"""The variables of a layer of a child that has a counterpart in its parent.

Variables are in the order that Keras gives them: kernel, bias; gamma, beta, moving mean and
variance; alpha. Kernels are (rows, columns, inputs, outputs), a dense one (inputs, outputs), a
depthwise one (rows, columns, channels, 1).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.networks import Op
from evoapproxnas.training.inheritance.channels import (
    NO_ROOT,
    ZERO,
    Channels,
    Index,
    Values,
    align,
)
from evoapproxnas.training.inheritance.kernels import Size, Window, contains, overlap

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

_MIXING = ("conv2d", "dense")
"""Each output is computed from all inputs; in other layers, a channel is computed from one."""


@dataclass(frozen=True)
class Spot:
    """A layer and what it reads.

    Attributes:
        op: the layer.
        size: (height, width) of its input.
        reads: the channels of its input.
    """

    op: Op
    size: Size
    reads: Channels


@dataclass(frozen=True)
class Place(Spot):
    """A layer of the parent.

    Attributes:
        gives: the channels of its output.
    """

    gives: Channels


@dataclass(frozen=True)
class Settled:
    """The variables of a layer of the child.

    Attributes:
        variables: their values.
        taken: which entries of each are the parent's.
        gives: the channels of its output.
        carried: for a new batch norm: the channels that it is to pass on as they are.
    """

    variables: tuple[Array, ...]
    taken: tuple[Mask, ...]
    gives: Channels
    carried: Mask | None = None


def inherited(
    spot: Spot,
    old: Place,
    given: Sequence[Array],
    fresh: Sequence[Array],
    *,
    kept: Index,
    values: Values,
) -> Settled:
    """Return the variables of a layer that has a counterpart.

    Args:
        spot: the child's layer.
        old: the counterpart.
        given: the counterpart's variables.
        fresh: the child's initial variables: what the parent cannot give keeps them.
        kept: the counterpart's outputs that are the first ones of a layer which mixes channels.
        values: the table of numbers.
    """
    source = align(spot.reads, old.reads)
    variables = tuple(array.copy() for array in fresh)
    taken = tuple(np.zeros(array.shape, bool) for array in fresh)
    if spot.op.kind in _MIXING:
        _mix(variables, taken, given, source=source, kept=kept, windows=_windows(spot, old))
        gives = _mixed_channels(spot, old, source, kept, values)
    else:
        _pass(variables, taken, given, source=source, windows=_windows(spot, old))
        gives = _passed_channels(spot, old, source, values)
    return Settled(variables, taken, gives)


def _mix(
    variables: Sequence[Array],
    taken: Sequence[Mask],
    given: Sequence[Array],
    *,
    source: Index,
    kept: Index,
    windows: tuple[Window, Window],
) -> None:
    """Fill in a kernel of all channels: known outputs have zeros where an input is unknown.

    If all inputs are unknown, it stays fresh.
    """
    theirs, ours = windows
    known, outputs = source >= 0, len(kept)
    if not known.any():
        return
    kernel, mask, old_kernel = (_as_maps(a) for a in (variables[0], taken[0], given[0]))
    kernel[..., :outputs] = 0.0
    patch = old_kernel[theirs][:, :, source[known]][..., kept]
    kernel[ours][:, :, known, :outputs] = patch
    mask[ours][:, :, known, :outputs] = True
    for bias, bias_mask, old_bias in zip(variables[1:], taken[1:], given[1:], strict=False):
        bias[:outputs] = old_bias[kept]
        bias_mask[:outputs] = True


def _pass(
    variables: Sequence[Array],
    taken: Sequence[Mask],
    given: Sequence[Array],
    *,
    source: Index,
    windows: tuple[Window, Window],
) -> None:
    """Fill in what belongs to single channels."""
    theirs, ours = windows
    known = source >= 0
    for variable, mask, old in zip(variables, taken, given, strict=False):
        if variable.ndim == 4:  # (rows, columns, channels, 1)
            variable[:, :, known] = 0.0
            variable[ours][:, :, known] = old[theirs][:, :, source[known]]
            mask[ours][:, :, known] = True
        else:
            variable[..., known] = old[..., source[known]]
            mask[..., known] = True


def _mixed_channels(
    spot: Spot, old: Place, source: Index, kept: Index, values: Values
) -> Channels:
    count, outputs = spot.op.shape[-1], len(kept)
    numbers, roots = values.new(count), np.full(count, NO_ROOT)
    roots[:outputs] = old.gives.roots[kept]
    equal = _equal(spot, old, source)
    missing = old.reads.values != ZERO
    missing[source[equal]] = False
    disturbed = ~equal & (source >= 0) & (spot.reads.values != ZERO)
    if _same_rule(spot, old) and not missing.any() and not disturbed.any():
        numbers[:outputs] = old.gives.values[kept]
    return Channels(numbers, roots)


def _passed_channels(spot: Spot, old: Place, source: Index, values: Values) -> Channels:
    numbers, roots = values.new(len(source)), spot.reads.roots
    if _same_rule(spot, old):
        equal = _equal(spot, old, source)
        numbers[equal] = old.gives.values[source[equal]]
    theirs = np.where(source >= 0, old.gives.roots[source], NO_ROOT)
    return Channels(numbers, np.where(roots == NO_ROOT, theirs, roots))


def _equal(spot: Spot, old: Place, source: Index) -> Mask:
    return (source >= 0) & (spot.reads.values == old.reads.values[source])


def _same_rule(spot: Spot, old: Place) -> bool:
    """Whether the layer does with equal inputs what its counterpart does."""
    if spot.op.kind not in ("conv2d", "depthwise_conv2d"):
        return True
    bias_is_lost = old.op["bias"] and not spot.op["bias"]
    return contains(old.op, old.size, spot.op, spot.size) and not bias_is_lost


def _windows(spot: Spot, old: Place) -> tuple[Window, Window]:
    if spot.op.kind in ("conv2d", "depthwise_conv2d"):
        return overlap(old.op, old.size, spot.op, spot.size)
    pixel = slice(1), slice(1)
    return pixel, pixel


def _as_maps(kernel: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """See a dense kernel as that of a 1x1 convolution; changes go to the array itself."""
    return kernel[np.newaxis, np.newaxis] if kernel.ndim == 2 else kernel
