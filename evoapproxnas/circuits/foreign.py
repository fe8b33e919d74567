"""A multiplier that somebody else wrote, as the readers of BLIF and of any Verilog return it."""

from dataclasses import dataclass

from evoapproxnas.circuits.adders import extract_adders
from evoapproxnas.circuits.netlist import Netlist
from evoapproxnas.circuits.optimize import simplify
from evoapproxnas.circuits.ports import MultiplierPorts


@dataclass(frozen=True)
class ForeignCircuit:
    """A circuit, and what its file calls its operands.

    Attributes:
        netlist: simplified, with its adders as cells.
        operands: names of the ports that became A, the activation, and B, the weight.
        notes: sentences about what was assumed to read it.
    """

    netlist: Netlist
    operands: tuple[str, str]
    notes: tuple[str, ...] = ()

    @classmethod
    def tidied(
        cls, netlist: Netlist, ports: MultiplierPorts, notes: tuple[str, ...] = ()
    ) -> "ForeignCircuit":
        """Simplify a circuit and find its adders."""
        return cls(simplify(extract_adders(simplify(netlist))), ports.operands, notes)
