"""How often a network has which operation: what latency is predicted from.

A network is a cell of NAS-Bench-201, by number, architecture string or six operations, or of any
other space a mapping from operations to counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import MeasurementError, UnknownNameError
from evoapproxnas.hardware.hw_nas_bench.cells import (
    EDGES,
    OPERATIONS,
    Codes,
    canonical_cells,
    index_of,
)
from evoapproxnas.hardware.hw_nas_bench.linear import operation_counts
from evoapproxnas.hardware.hw_nas_bench.query import number_of

Floats = npt.NDArray[np.float64]
Cell = int | str | Sequence[int] | Codes
Networks = Iterable[Cell | Mapping[str, float]] | Codes

Prune = Literal["none", "unused"]
"""Which operations count: all of them, or only those whose result is used."""

_NUMBERS = (int, float, np.integer, np.floating)
_MOST = 2.0**53
"""Of one operation; beyond it float64 has no unit steps."""

_NODES = 4
_NONE = OPERATIONS.index("none")


@dataclass(frozen=True, eq=False)
class Counts:
    """Counts of several networks.

    Attributes:
        operations: names.
        values: shape (networks, operations).
        prune: which operations count.
        unknowns: costs to find: a constant and one for each operation, but for one where counts
            always add up to the same.
    """

    operations: tuple[str, ...]
    values: Floats
    prune: Prune
    unknowns: int

    @property
    def terms(self) -> Floats:
        """A one for the constant, then the counts; shape (networks, 1 + operations)."""
        return np.column_stack([np.ones(len(self.values)), self.values])


def count_operations(networks: Networks, *, prune: Prune) -> Counts:
    """Count the operations of networks.

    Args:
        networks: cells, or mappings, which say nothing of what is not used.
        prune: `unused` leaves out operations that the output of a cell does not depend on.

    Raises:
        UnknownNameError: for a cell that there is none of.
        MeasurementError: for mappings with anything but finite counts from zero, and for what is
            no list of networks.
    """
    networks = listed(networks)
    cells = isinstance(networks, np.ndarray)
    if not cells and any(isinstance(network, Mapping) for network in networks):
        return _counts_of_mappings(networks)
    ops = cells_of(networks)
    if prune == "none":
        counts = operation_counts(ops)
        return Counts(OPERATIONS, counts.astype(np.float64), prune, len(OPERATIONS))
    used = used_operations(ops)
    kinds = [((ops == code) & used).sum(axis=1) for code in range(len(OPERATIONS))]
    counts = np.stack(kinds, axis=1)
    return Counts(OPERATIONS, counts.astype(np.float64), prune, 1 + len(OPERATIONS))


def listed(networks: Iterable[Any] | Codes) -> Sequence[Any] | Codes:
    """Return networks in an order that measurements can have, too.

    Raises:
        MeasurementError: for a single network, a set, or what holds no networks at all.
    """
    if isinstance(networks, np.ndarray) and networks.ndim:
        return networks
    single = isinstance(networks, str | bytes | Mapping | np.ndarray)
    if single or isinstance(networks, AbstractSet) or not isinstance(networks, Iterable):
        raise MeasurementError(
            f"expected a list of networks, got {networks!r:.80}; put a single one into a list"
        )
    return list(networks)


def cells_of(networks: Iterable[Any] | Codes) -> Codes:
    """Return the operations of cells, shape (n, 6).

    Raises:
        UnknownNameError: for a cell that there is none of.
        MeasurementError: for what is no list of networks.
    """
    networks = listed(networks)
    if isinstance(networks, np.ndarray) and networks.shape[1:] == (len(EDGES),):
        if np.isin(networks, range(len(OPERATIONS))).all():
            return networks.astype(np.int8)
    return canonical_cells()[[_number(network) for network in networks]]


def _number(network: Any) -> int:
    if isinstance(network, Iterable) and not isinstance(network, str):
        return index_of(network)  # type: ignore[arg-type]
    return number_of(network)


def used_operations(ops: Codes) -> npt.NDArray[np.bool_]:
    """Mark the operations that the output of their cell depends on, if only on zeros of theirs.

    So do the latencies of HW-NAS-Bench for a Raspberry Pi 4 and a Pixel 3 look, both of compiled
    networks: results that nobody reads cost nothing, but what reads zeros is computed.

    Args:
        ops: codes, shape (n, 6).

    Returns:
        Shape (n, 6).
    """
    read = np.zeros((len(ops), _NODES), np.bool_)
    read[:, -1] = True
    for edge in reversed(range(len(EDGES))):
        node, source = EDGES[edge]
        read[:, source] |= read[:, node] & (ops[:, edge] != _NONE)
    return read[:, [node for node, _ in EDGES]]


def _counts_of_mappings(networks: Sequence[Any] | Codes) -> Counts:
    for place, network in enumerate(networks):
        if not isinstance(network, Mapping):
            raise UnknownNameError(
                f"networks are either all cells or all counts, but number {place} is "
                f"{network!r:.80}"
            )
        for name, count in network.items():
            if not isinstance(name, str):
                raise MeasurementError(
                    f"network {place}: expected names of operations, got {name!r:.60}"
                )
            if not (isinstance(count, _NUMBERS) and 0 <= count <= _MOST):
                raise MeasurementError(
                    f"network {place}: expected how often it has {name!r:.60}, got {count!r:.60}"
                )
    operations = tuple(sorted({name for network in networks for name in network}))
    values = [[float(network.get(name, 0)) for name in operations] for network in networks]
    return Counts(operations, np.array(values), "none", 1 + len(operations))
