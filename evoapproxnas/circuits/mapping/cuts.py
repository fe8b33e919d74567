"""What nets compute from a few others: cuts of up to three leaves and the functions over them."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from evoapproxnas.circuits.gates import GATES
from evoapproxnas.circuits.netlist import FIRST_INPUT, Netlist

LEAVES = 3
_MOST = 16
"""Cuts that are kept of a net: those of the fewest leaves, nearest to the operands."""
_FULL = 0xFF
VARIABLES = (0xAA, 0xCC, 0xF0)
"""Truth tables of the three leaves: bit i is the value where the leaves are the digits of i."""


class Cut(NamedTuple):
    """Nets that determine a net, in rising order, and how: a truth table of eight bits."""

    leaves: tuple[int, ...]
    truth: int


def cuts_of(netlist: Netlist) -> list[list[Cut]]:
    """Return the cuts of every net; the last one is the net itself."""
    cuts: list[list[Cut]] = [[Cut((), 0)], [Cut((), _FULL)]]
    cuts += [
        [Cut((net,), VARIABLES[0])] for net in range(FIRST_INPUT, FIRST_INPUT + netlist.inputs)
    ]
    for cell, driven in netlist.driven_cells():
        leaves = _merged([cuts[net] for net in cell.inputs])
        for position, net in enumerate(driven):
            found = {key: _computed(cell.kind, position, truths) for key, truths in leaves.items()}
            cuts.append([*_few(found), Cut((net,), VARIABLES[0])])
    return cuts


def _merged(pins: Sequence[Sequence[Cut]]) -> Mapping[tuple[int, ...], tuple[int, ...]]:
    """Combine one cut of every pin; return the truth tables of the pins by common leaves."""
    merged: dict[tuple[int, ...], tuple[int, ...]] = {}
    for chosen in product(*pins):
        leaves = tuple(sorted({leaf for cut in chosen for leaf in cut.leaves}))
        if len(leaves) <= LEAVES and leaves not in merged:
            merged[leaves] = tuple(
                _over(cut.truth, tuple(leaves.index(leaf) for leaf in cut.leaves))
                for cut in chosen
            )
    return merged


def _few(found: Mapping[tuple[int, ...], int]) -> Iterable[Cut]:
    order = sorted(found, key=lambda leaves: (len(leaves), leaves[::-1]))
    return [Cut(leaves, found[leaves]) for leaves in order[:_MOST]]


@lru_cache(maxsize=4096)
def _over(truth: int, places: tuple[int, ...]) -> int:
    """Rewrite a truth table over leaves that have moved to other places."""
    moved = 0
    for row in range(8):
        index = sum((row >> place & 1) << old for old, place in enumerate(places))
        moved |= (truth >> index & 1) << row
    return moved


@lru_cache(maxsize=65536)
def _computed(kind: str, position: int, truths: tuple[int, ...]) -> int:
    return int(GATES[kind].evaluate(*truths)[position]) & _FULL
