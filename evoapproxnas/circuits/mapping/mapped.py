"""The steps of mapping, repeated while they change anything."""

from collections.abc import Iterator

from evoapproxnas.circuits.adders import extract_adders
from evoapproxnas.circuits.cost import power_uw
from evoapproxnas.circuits.mapping.adders import with_adders
from evoapproxnas.circuits.mapping.inverters import with_few_inverters
from evoapproxnas.circuits.mapping.rewriting import rewritten
from evoapproxnas.circuits.mapping.sweep import swept
from evoapproxnas.circuits.mapping.xors import with_cancelled_terms
from evoapproxnas.circuits.netlist import Netlist
from evoapproxnas.circuits.optimize import simplify

_ROUNDS = 8
_LEAST_SAVING = 0.01
_EQUAL = 1e-9
_MOST_CELLS = 6000
"""Of a larger circuit, ten times an exact multiplier in NAND gates, only equal nets are merged."""


def mapped(netlist: Netlist) -> Netlist:
    """Return a circuit of the same function in the cells of this package, of no more power.

    The structure that somebody published is kept, but for gates of adders and what is there
    twice, unless another one saves at least a hundredth.

    Args:
        netlist: a multiplier.

    Raises:
        NetlistError: if the circuit does not have 16 inputs and 16 outputs.
    """
    candidates = list(_candidates(simplify(netlist)))
    powers = [power_uw(candidate) for candidate in candidates]
    best = min(range(len(candidates)), key=powers.__getitem__)
    chosen = best if powers[best] <= (1 - _LEAST_SAVING) * powers[0] else 0
    # A cell with a constant input may cost less than the gates that simplifying makes of it.
    return candidates[chosen] if powers[chosen] <= power_uw(netlist) * (1 + _EQUAL) else netlist


def _candidates(netlist: Netlist) -> Iterator[Netlist]:
    """Yield what every round makes, from several starts; the first is the structure as it is.

    Each step takes the first way to save that it sees, so none of the starts is always the best:
    adders in majority gates are found before anything is merged or rewritten, those in NAND gates
    afterwards.
    """
    yield simplify(extract_adders(netlist))
    plain = swept(netlist)
    if len(plain.cells) > _MOST_CELLS:
        yield plain
        return
    starts = (plain, swept(with_adders(netlist)), rewritten(netlist), swept(rewritten(plain)))
    for start in dict.fromkeys(starts):
        yield start
        current = start
        for _ in range(_ROUNDS):
            before = current
            operators = with_few_inverters(with_adders(with_cancelled_terms(current)))
            current = swept(rewritten(operators))
            if current == before:
                break
            yield current
