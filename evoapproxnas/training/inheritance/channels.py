"""What the channels of a map compute, as numbers: channels of equal numbers are equal.

Parent and child are numbered by one table ("value numbering"): a channel of the image or of a
layer of the parent has a number of its own, and what is computed from channels has a number that
follows from theirs. What the child computes anew gets new numbers. So it shows which channels of
the child are channels of the parent, wherever concatenations, shuffles and paddings put them,
and whether in the end the child computes what its parent does.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evoapproxnas.networks import Op

Numbers = npt.NDArray[np.int64]
Index = npt.NDArray[np.int64]

ZERO = 0
"""The number of a channel of zeros."""
NO_ROOT = -1
_RECTIFIERS = ("relu", "relu6")


@dataclass(frozen=True)
class Channels:
    """The channels of a map.

    Attributes:
        values: what each computes.
        roots: number of the parent's channel that each stands for, as a convolution made it,
            whatever normalizations and activations came since; `NO_ROOT` for a new one.
    """

    values: Numbers
    roots: Numbers

    def taken(self, index: Index | slice) -> "Channels":
        """Return these channels in another order, or some of them."""
        return Channels(self.values[index], self.roots[index])


class Values:
    """The table of numbers that a parent and its child share."""

    def __init__(self) -> None:
        """Start with the channel of zeros."""
        self._numbers: dict[Hashable, int] = {}
        self._count = 1
        self._not_negative = {ZERO}
        self._at_most_six = {ZERO}

    def new(self, count: int) -> Numbers:
        """Return numbers that nothing has."""
        self._count += count
        return np.arange(self._count - count, self._count)

    def of_layer(self, name: str, channels: Iterable[int]) -> Numbers:
        """Return the numbers of channels that a layer of the parent gives."""
        return np.array([self._number((name, int(c))) for c in channels], np.int64)

    def activated(self, function: str, value: int) -> int:
        """Return the number of an activation's result; some change nothing that comes to them."""
        known = value in self._not_negative
        if known and (function != "relu6" or value in self._at_most_six):
            return value
        number = self._number((function, value))
        if function in _RECTIFIERS:
            self._not_negative.add(number)
        if function == "relu6":
            self._at_most_six.add(number)
        return number

    def added(self, a: int, b: int) -> int:
        """Return the number of a sum."""
        if ZERO in (a, b):
            return a + b - ZERO
        number = self._number(("add", min(a, b), max(a, b)))
        if {a, b} <= self._not_negative:
            self._not_negative.add(number)
        return number

    def mapped(self, what: Hashable, value: int) -> int:
        """Return the number of what a function without weights makes of one channel."""
        if value == ZERO:
            return ZERO
        number = self._number((what, value))
        for bounded in (self._not_negative, self._at_most_six):
            if value in bounded:
                bounded.add(number)
        return number

    def _number(self, key: Hashable) -> int:
        if key not in self._numbers:
            self._numbers[key] = int(self.new(1)[0])
        return self._numbers[key]


def through(op: Op, inputs: Sequence[Channels], values: Values) -> Channels:
    """Return the channels of an operation without weights."""
    return _RULES.get(op.kind, _unknown)(op, inputs, values)


def align(child: Channels, parent: Channels) -> Index:
    """Say which channel of the parent's map each channel of the child's corresponds to.

    First come those that are equal, in order, then those with equal roots. What stands at the
    same place is no reason: on 22 networks for digits that lost or replaced a block, kernels that
    were kept for other features made accuracy after one epoch 3 points worse than fresh ones.

    Returns:
        Place in the parent's map, or -1; none is given twice.
    """
    source = np.full(len(child.values), -1)
    free = np.ones(len(parent.values), bool)
    _pair(source, free, child.values, parent.values)
    _pair(source, free, _roots(child), _roots(parent))
    return source


def _roots(x: Channels) -> Numbers:
    return np.where(x.values == ZERO, NO_ROOT, x.roots)


def _pair(source: Index, free: npt.NDArray[np.bool_], ours: Numbers, theirs: Numbers) -> None:
    """Pair what has equal numbers and is not paired yet, in order."""
    offered: dict[int, deque[int]] = defaultdict(deque)
    for place in np.flatnonzero(free & (theirs != NO_ROOT)).tolist():
        offered[int(theirs[place])].append(place)
    for place in np.flatnonzero((source < 0) & (ours != NO_ROOT)).tolist():
        waiting = offered.get(int(ours[place]))
        if waiting:
            source[place] = waiting.popleft()
            free[source[place]] = False


def _activation(op: Op, inputs: Sequence[Channels], values: Values) -> Channels:
    (x,) = inputs
    numbers = [values.activated(op["function"], v) for v in x.values.tolist()]
    return Channels(np.array(numbers, np.int64), x.roots)


def _sum(op: Op, inputs: Sequence[Channels], values: Values) -> Channels:
    """The older root names a sum: that of the map that branches are added to."""
    a, b = inputs
    pairs = zip(a.values.tolist(), b.values.tolist(), strict=True)
    numbers = np.array([values.added(*pair) for pair in pairs], np.int64)
    no_a, no_b = ((x.values == ZERO) | (x.roots == NO_ROOT) for x in inputs)
    roots = np.where(no_a, b.roots, np.where(no_b, a.roots, np.minimum(a.roots, b.roots)))
    return Channels(numbers, roots)


def _each(op: Op, inputs: Sequence[Channels], values: Values) -> Channels:
    (x,) = inputs
    what = (op.kind, op.attributes)
    numbers = [values.mapped(what, v) for v in x.values.tolist()]
    return Channels(np.array(numbers, np.int64), x.roots)


def _padded(op: Op, inputs: Sequence[Channels], values: Values) -> Channels:
    (x,) = inputs
    zeros = Channels(np.full(op["added"], ZERO), np.full(op["added"], NO_ROOT))
    return _joined(op, (x, zeros), values)


def _joined(op: Op, inputs: Sequence[Channels], values: Values) -> Channels:
    return Channels(
        np.concatenate([x.values for x in inputs]), np.concatenate([x.roots for x in inputs])
    )


def _cropped(op: Op, inputs: Sequence[Channels], values: Values) -> Channels:
    return inputs[0].taken(slice(op["before"], len(inputs[0].values) - op["after"]))


def _shuffled(op: Op, inputs: Sequence[Channels], values: Values) -> Channels:
    order = np.arange(len(inputs[0].values)).reshape(op["groups"], -1).T.ravel()
    return inputs[0].taken(order)


def _unknown(op: Op, inputs: Sequence[Channels], values: Values) -> Channels:
    count = op.shape[-1]
    return Channels(values.new(count), np.full(count, NO_ROOT))


_RULES: Mapping[str, Callable[[Op, Sequence[Channels], Values], Channels]] = {
    "activation": _activation,
    "add": _sum,
    "max_pool": _each,
    "average_pool": _each,
    "global_average_pool": _each,
    "dropout": lambda op, inputs, values: inputs[0],  # Networks are compared as they infer.
    "pad_channels": _padded,
    "concat": _joined,
    "crop_channels": _cropped,
    "shuffle_channels": _shuffled,
}
"""By kind of operation; of any other, nothing is known of the result."""
