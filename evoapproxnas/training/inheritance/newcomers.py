"""The variables of a layer of a child that has no counterpart in its parent."""

from collections.abc import Sequence

import numpy as np

from evoapproxnas.training.inheritance.channels import NO_ROOT, ZERO, Channels, Values
from evoapproxnas.training.inheritance.kernels import tap
from evoapproxnas.training.inheritance.layers import Array, Settled, Spot
from evoapproxnas.training.inheritance.starts import Start

_FAINT = 0.1
"""Of a fresh kernel or scale; small enough to disturb little, large enough to learn."""


def started(spot: Spot, fresh: Sequence[Array], start: Start, values: Values) -> Settled:
    """Return the variables of a new layer.

    Args:
        spot: the layer.
        fresh: its initial variables.
        start: what it is to do at first.
        values: the table of numbers.
    """
    op, x, count = spot.op, spot.reads, spot.op.shape[-1]
    variables = tuple(array.copy() for array in fresh)
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
        gives = _dirac(variables[0], spot, gives)
    taken = tuple(np.zeros(array.shape, bool) for array in fresh)
    return Settled(variables, taken, gives, carried)


def _dirac(kernel: Array, spot: Spot, fresh: Channels) -> Channels:
    """Let a new convolution pass its channels on, in order, as far as there is room."""
    op, x = spot.op, spot.reads
    row, column = tap(op, spot.size)
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
