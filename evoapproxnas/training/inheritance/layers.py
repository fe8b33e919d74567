"""The variables of one layer of a child: taken from the parent's, or as a new layer starts.

Variables are in the order that Keras gives them: kernel, bias; gamma, beta, moving mean and
variance; alpha. Kernels are (rows, columns, inputs, outputs), a dense one (inputs, outputs), a
depthwise one (rows, columns, channels, 1).
"""

from collections.abc import Sequence
from dataclasses import dataclass

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
from evoapproxnas.training.inheritance.kernels import Size, contains, overlap, tap
from evoapproxnas.training.inheritance.starts import Start

Array = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

_FAINT = 0.1
"""Of a fresh kernel or scale; small enough to disturb little, large enough to learn."""


@dataclass(frozen=True)
class Place:
    """A layer where it stands in its network.

    Attributes:
        op: the layer.
        size: (height, width) of its input.
        reads: the channels of its input.
        gives: the channels of its output.
    """

    op: Op
    size: Size
    reads: Channels
    gives: Channels


@dataclass(frozen=True)
class Settled:
    """The variables of a layer.

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
    op: Op, size: Size, x: Channels, old: Place, given: Sequence[Array], fresh: Sequence[Array],
    values: Values,
) -> Settled:  # fmt: skip
    """Return the variables of a layer that has a counterpart.

    Args:
        op: the child's layer.
        size: (height, width) of its input.
        x: its input.
        old: the counterpart.
        given: the counterpart's variables.
        fresh: the child's initial variables: what the parent cannot give keeps them.
        values: the table of numbers.
    """
    source = align(x, old.reads)
    variables = tuple(array.copy() for array in fresh)
    taken = tuple(np.zeros(array.shape, bool) for array in fresh)
    if op.kind in ("conv2d", "dense"):
        _mix(variables, taken, op, size, old, given, source)
        gives = _mixed_channels(op, size, x, old, source, values)
    else:
        _pass(variables, taken, op, size, old, given, source)
        gives = _passed_channels(op, size, x, old, source, values)
    return Settled(variables, taken, gives)


def started(
    op: Op, size: Size, x: Channels, fresh: Sequence[Array], start: Start, values: Values
) -> Settled:
    """Return the variables of a new layer; arguments are as those of `inherited`."""
    variables = tuple(array.copy() for array in fresh)
    taken = tuple(np.zeros(array.shape, bool) for array in fresh)
    count = op.shape[-1]
    gives = Channels(values.new(count), np.full(count, NO_ROOT))
    carried = None
    if start is Start.ZERO:
        variables[0][...] = 0.0
        gives = Channels(np.full(count, ZERO), gives.roots)
    elif start is Start.FAINT:
        variables[0][...] *= _FAINT
    elif op.kind == "activation":
        # PReLU's slopes start at 0, which makes it a ReLU.
        numbers = [values.activated("relu", v) for v in x.values.tolist()]
        gives = Channels(np.array(numbers, np.int64), x.roots)
    elif start is Start.IDENTITY and op.kind == "batch_norm":
        carried = x.roots != NO_ROOT
        known = carried | (x.values == ZERO)
        gives = Channels(np.where(known, x.values, gives.values), x.roots)
    elif start is Start.IDENTITY and op.kind in ("conv2d", "depthwise_conv2d"):
        gives = _dirac(variables[0], op, size, x, gives)
    return Settled(variables, taken, gives, carried)


def _mix(
    variables: Sequence[Array], taken: Sequence[Mask], op: Op, size: Size, old: Place,
    given: Sequence[Array], source: Index,
) -> None:  # fmt: skip
    """Fill in a kernel of all channels: known outputs have zeros where an input is unknown."""
    outputs = min(op.shape[-1], old.op.shape[-1])
    known = source >= 0
    windows = _windows(op, size, old)
    kernel, mask, theirs = (_as_maps(a) for a in (variables[0], taken[0], given[0]))
    kernel[..., :outputs] = 0.0
    patch = theirs[windows[0]][:, :, source[known], :outputs]
    kernel[windows[1]][:, :, known, :outputs] = patch
    mask[windows[1]][:, :, known, :outputs] = True
    for bias, bias_mask, their_bias in zip(variables[1:], taken[1:], given[1:], strict=False):
        bias[:outputs] = their_bias[:outputs]
        bias_mask[:outputs] = True


def _pass(
    variables: Sequence[Array], taken: Sequence[Mask], op: Op, size: Size, old: Place,
    given: Sequence[Array], source: Index,
) -> None:  # fmt: skip
    """Fill in what belongs to single channels."""
    known = source >= 0
    for variable, mask, theirs in zip(variables, taken, given, strict=False):
        if variable.ndim == 4:  # (rows, columns, channels, 1)
            windows = _windows(op, size, old)
            variable[:, :, known] = 0.0
            variable[windows[1]][:, :, known] = theirs[windows[0]][:, :, source[known]]
            mask[windows[1]][:, :, known] = True
        else:
            variable[..., known] = theirs[..., source[known]]
            mask[..., known] = True


def _mixed_channels(
    op: Op, size: Size, x: Channels, old: Place, source: Index, values: Values
) -> Channels:
    count, outputs = op.shape[-1], min(op.shape[-1], old.op.shape[-1])
    numbers, roots = values.new(count), np.full(count, NO_ROOT)
    roots[:outputs] = old.gives.roots[:outputs]
    equal = _equal(x, old, source)
    missing = np.ones(len(old.reads.values), bool)
    missing[source[equal]] = False
    missing &= old.reads.values != ZERO
    disturbed = ~equal & (source >= 0) & (x.values != ZERO)
    if _same_rule(op, size, old) and not missing.any() and not disturbed.any():
        numbers[:outputs] = old.gives.values[:outputs]
    return Channels(numbers, roots)


def _passed_channels(
    op: Op, size: Size, x: Channels, old: Place, source: Index, values: Values
) -> Channels:
    numbers = values.new(len(source))
    if _same_rule(op, size, old):
        equal = _equal(x, old, source)
        numbers[equal] = old.gives.values[source[equal]]
    inherited_roots = np.where(source >= 0, old.gives.roots[source], NO_ROOT)
    return Channels(numbers, np.where(x.roots == NO_ROOT, inherited_roots, x.roots))


def _equal(x: Channels, old: Place, source: Index) -> Mask:
    return (source >= 0) & (x.values == old.reads.values[source])


def _same_rule(op: Op, size: Size, old: Place) -> bool:
    """Whether the layer does with equal inputs what its counterpart does."""
    if op.kind not in ("conv2d", "depthwise_conv2d"):
        return True
    bias_is_lost = old.op["bias"] and not op["bias"]
    return contains(old.op, old.size, op, size) and not bias_is_lost


def _windows(op: Op, size: Size, old: Place) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    if op.kind == "dense":
        return (slice(1), slice(1)), (slice(1), slice(1))
    return overlap(old.op, old.size, op, size)


def _as_maps(kernel: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    """See a dense kernel as that of a 1x1 convolution; changes go to the array itself."""
    return kernel[np.newaxis, np.newaxis] if kernel.ndim == 2 else kernel


def _dirac(kernel: Array, op: Op, size: Size, x: Channels, fresh: Channels) -> Channels:
    """Let a new convolution pass its channels on, in order, as far as there is room."""
    row, column = tap(op, size)
    passed = min(len(x.values), op.shape[-1])
    values, roots = fresh.values.copy(), fresh.roots.copy()
    if op.kind == "conv2d":
        kernel[..., :passed] = 0.0
        kernel[row, column, np.arange(passed), np.arange(passed)] = 1.0
    else:
        kernel[...] = 0.0
        kernel[row, column] = 1.0
    roots[:passed] = x.roots[:passed]
    if op["stride"] == 1:
        values[:passed] = x.values[:passed]
    return Channels(values, roots)
