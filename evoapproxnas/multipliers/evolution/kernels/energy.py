"""Energy of one operation of a genotype, compiled by Numba; imported by its own name.

The power model of `cost` on nodes: a sum and a carry of the same operands are one full adder. One
without the other is charged as the gates that `cgp_form` makes of it, inner nets at a fixed rate.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from evoapproxnas.cgp.grid import IntArray
from evoapproxnas.circuits.cgp_form import CARRY, SUM
from evoapproxnas.multipliers.evolution.kernels.compiling import compiled
from evoapproxnas.multipliers.evolution.kernels.glitches import CHANGES, wave
from evoapproxnas.multipliers.evolution.kernels.vector_words import BLOCK

Floats = npt.NDArray[np.float64]

_TABLE = 1024


class Energies(NamedTuple):
    """Energy and delay of nodes by function; a full adder stands behind them, at index 9.

    Attributes:
        arities: pins.
        internal_fj: per transition of the output.
        pin_fj: per transition of what a pin reads.
        inner_fj: per operation.
        delays: in ticks of the model of glitches.
    """

    arities: IntArray
    internal_fj: Floats
    pin_fj: Floats
    inner_fj: Floats
    delays: IntArray


@compiled
def energy_fj(
    energies: Energies, parent: Any, child: Any, shares: IntArray, most_fj: float
) -> float:
    """Return the energy of one operation of a child whose gates have been simulated.

    Args:
        energies: of the functions.
        parent: a `search_kernel.Parent`.
        child: a `search_kernel.Child`; its waves are written unless infinity is returned.
        shares: how often the operands of each block occur; ones are counted by them.
        most_fj: infinity is returned for more, as soon as that is known.
    """
    inner_fj = _charge(energies, child)
    pairs = 64.0 * BLOCK * shares.sum()
    if _sum_fj(parent, child, pairs, False) + inner_fj > most_fj:
        return np.inf
    genes, changed, active = child.genes, child.changed, child.active
    arities, delays = energies.arities, energies.delays
    kept, made, raw = parent.waves, child.waves, child.raw
    inputs = active.size - changed.size
    sources, own = np.empty(3, np.int64), np.empty(3, np.bool_)
    for node in range(changed.size):
        if changed[node] and active[inputs + node]:
            function = genes[4 * node]
            for pin in range(3):
                source = genes[4 * node + 1 + min(pin, arities[function] - 1)]
                sources[pin] = source
                own[pin] = source >= inputs and changed[source - inputs]
            if not wave(function, delays[function], sources, own, kept, made, raw, inputs + node):
                return np.inf
    total_fj = _sum_fj(parent, child, pairs, True) + inner_fj
    return total_fj if total_fj <= most_fj else np.inf


@compiled
def _charge(energies: Energies, child: Any) -> float:
    """Write the energy of one transition of every net; return what inner nets need."""
    genes, active, net_fj, partner = child.genes, child.active, child.net_fj, child.partner
    arities, pin_fj = energies.arities, energies.pin_fj
    internal_fj, inner_fj = energies.internal_fj, energies.inner_fj
    inputs = active.size - partner.size
    _pair(genes, active, partner)
    net_fj[:] = 0
    total_fj = 0.0
    for node in range(partner.size):
        if active[inputs + node]:
            function = genes[4 * node]
            cell = 9 if partner[node] >= 0 else function
            net_fj[inputs + node] += internal_fj[cell]
            total_fj += inner_fj[cell]
            if cell < 9 or function == SUM:
                for pin in range(arities[function]):
                    net_fj[genes[4 * node + 1 + pin]] += pin_fj[cell]
    return total_fj


@compiled
def _sum_fj(parent: Any, child: Any, pairs: float, whole: bool) -> float:
    """Add up the energy of all active nets, in their order, so that equal circuits tie.

    Args:
        parent: for the nets that did not change.
        child: its `net_fj`, its ones and waves of the nets that did.
        pairs: of operands, as ones count them.
        whole: whether waves of changed nets are there; else their glitches are left out.
    """
    changed, active, net_fj = child.changed, child.active, child.net_fj
    own_ones, parent_ones = child.ones, parent.ones
    own_surplus, parent_surplus = child.waves.surplus, parent.waves.surplus
    inputs = active.size - changed.size
    changes = 64.0 * CHANGES
    total_fj = 0.0
    for node in range(changed.size):
        net = inputs + node
        if active[net]:
            if changed[node]:
                p = own_ones[node] / pairs
                surplus = own_surplus[net] if whole else 0.0
            else:
                p = parent_ones[node] / pairs
                surplus = parent_surplus[net]
            total_fj += (2 * p * (1 - p) + surplus / changes) * net_fj[net]
    return total_fj


@compiled
def _pair(genes: IntArray, active: npt.NDArray[np.bool_], partner: IntArray) -> None:
    """Find the active sums and carries of the same operands; -1 where there is none."""
    inputs = active.size - partner.size
    table = np.full(_TABLE, -1, np.int64)
    partner[:] = -1
    for node in range(partner.size):
        if not active[inputs + node] or genes[4 * node] not in (SUM, CARRY):
            continue
        place = _product(genes, node) % _TABLE
        for _ in range(_TABLE):
            other = table[place]
            if other < 0:
                table[place] = node
                break
            if _same(genes, node, other):
                if genes[4 * node] != genes[4 * other] and partner[other] < 0:
                    partner[node], partner[other] = other, node
                break
            place = (place + 1) % _TABLE


@compiled
def _product(genes: IntArray, node: int) -> int:
    return genes[4 * node + 1] * genes[4 * node + 2] * genes[4 * node + 3]


@compiled
def _same(genes: IntArray, one: int, other: int) -> bool:
    """Compare operands in any order, by their elementary symmetric polynomials."""
    a, b, c = genes[4 * one + 1], genes[4 * one + 2], genes[4 * one + 3]
    x, y, z = genes[4 * other + 1], genes[4 * other + 2], genes[4 * other + 3]
    sums = a + b + c == x + y + z and a * b + b * c + c * a == x * y + y * z + z * x
    return sums and a * b * c == x * y * z
