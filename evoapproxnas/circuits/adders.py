"""Find half and full adders among plain gates, as a technology mapper does."""

from collections import defaultdict

from evoapproxnas.circuits.netlist import FIRST_INPUT, NamedCell, Netlist, assemble

_Pair = tuple[int, int]
_Adder = tuple[str, tuple[int, ...], _Pair]


def extract_adders(netlist: Netlist) -> Netlist:
    """Replace gates by adder cells; the function stays the same.

    A full adder is recognized as {x = a ^ b; s = x ^ c; carry = a & b | x & c} where nothing else
    reads the inner nets (the last gate may also be an XOR, since its inputs exclude each other);
    a half adder as {a ^ b; a & b}.

    Args:
        netlist: a simplified circuit, so that equal gates are shared.

    Returns:
        The circuit with half and full adders.
    """
    gates = _TwoInputGates(netlist)
    adders: list[_Adder] = []
    replaced: set[int] = set()
    for carry in gates.kinds:
        if match := gates.full_adder(carry):
            adder, inner = match
            adders.append(adder)
            replaced |= {*adder[2], *inner}
    for pins, nets in gates.by_operands.items():
        if len(nets) == 2 and replaced.isdisjoint(nets.values()):
            adders.append(("half_adder", pins, (nets["xor2"], nets["and2"])))
            replaced |= set(nets.values())
    return _assembled(netlist, adders, replaced)


class _TwoInputGates:
    """The gates of two inputs of a netlist, indexed for matching."""

    def __init__(self, netlist: Netlist) -> None:
        self.kinds: dict[int, str] = {}
        self._operands: dict[int, _Pair] = {}
        self._fanout = netlist.fanout()
        self.by_operands: dict[_Pair, dict[str, int]] = defaultdict(dict)
        for cell, nets in netlist.driven_cells():
            if len(cell.inputs) == 2 and len(nets) == 1:
                low, high = sorted(cell.inputs)
                self.kinds[nets[0]], self._operands[nets[0]] = cell.kind, (low, high)
                if cell.kind in {"and2", "xor2"}:
                    self.by_operands[low, high][cell.kind] = nets[0]

    def full_adder(self, carry: int) -> tuple[_Adder, tuple[int, int, int]] | None:
        """Match a full adder by its carry; return it and its three inner nets, or None."""
        if self.kinds[carry] not in {"or2", "xor2"}:
            return None
        left, right = self._operands[carry]
        for first, second in ((left, right), (right, left)):
            if self.kinds.get(first) != "and2" or self.kinds.get(second) != "and2":
                continue
            half = self.by_operands[self._operands[first]].get("xor2")
            total = self.by_operands[self._operands[second]].get("xor2")
            if half is None or total is None or half not in self._operands[second]:
                continue
            if (self._fanout[first], self._fanout[second], self._fanout[half]) != (1, 1, 2):
                continue
            c = next(net for net in self._operands[second] if net != half)
            pins = (*self._operands[first], c)
            return ("full_adder", pins, (total, carry)), (half, first, second)
        return None


def _assembled(netlist: Netlist, adders: list[_Adder], replaced: set[int]) -> Netlist:
    """Build the circuit of the gates that are left and the adders, in the order of their nets."""
    kept = [
        (cell.kind, cell.inputs, tuple(nets))
        for cell, nets in netlist.driven_cells()
        if nets[0] not in replaced
    ]
    merged = sorted([*kept, *adders], key=lambda cell: max(cell[2]))
    cells = [
        NamedCell(kind, tuple(map(str, inputs)), tuple(map(str, outputs)))
        for kind, inputs, outputs in merged
    ]
    names = [str(net) for net in range(FIRST_INPUT, FIRST_INPUT + netlist.inputs)]
    return assemble(cells, inputs=names, outputs=[str(net) for net in netlist.outputs])
