"""Netlists as one portable C function of bit operations, for simulation elsewhere."""

from evoapproxnas.circuits.gates import GATES
from evoapproxnas.circuits.names import identifier
from evoapproxnas.circuits.netlist import FIRST_INPUT, Netlist
from evoapproxnas.circuits.simulate import check_multiplier


def to_c(netlist: Netlist, name: str, *, signed: bool = False) -> str:
    """Write a multiplier as a C99 function of a, the activation, and b.

    Args:
        netlist: a circuit with 16 inputs and 16 outputs.
        name: of the function, as `names.identifier` makes it an identifier.
        signed: whether it takes int8_t and returns int16_t instead of uint8_t and uint16_t.

    Returns:
        The text of the function.

    Raises:
        NetlistError: if the circuit does not have 16 inputs and 16 outputs, or the name has
            other characters than a label of a library.
    """
    check_multiplier(netlist)
    sign = "" if signed else "u"
    names = ["0u", "1u", *(f"{port}{bit}" for port in "ab" for bit in range(8))]
    names += [f"n{net}" for net in range(FIRST_INPUT + netlist.inputs, netlist.net_count)]
    lines = ["#include <stdint.h>", "", "/* a is the activation, b the weight. */"]
    lines += [f"{sign}int16_t {identifier(name)}({sign}int8_t a, {sign}int8_t b) {{"]
    for port in "ab":
        lines += [
            f"  const unsigned {port}{i} = ((unsigned){port} >> {i}) & 1u;" for i in range(8)
        ]
    for cell, nets in netlist.driven_cells():
        logic = GATES[cell.kind].verilog.format(*(names[net] for net in cell.inputs))
        if len(nets) == 1:
            lines.append(f"  const unsigned {names[nets[0]]} = ({logic}) & 1u;")
            continue
        low, high = (names[net] for net in nets)
        lines.append(f"  const unsigned {low} = ({logic}) & 1u, {high} = ({logic}) >> 1;")
    terms = [f"({names[net]} << {bit})" for bit, net in enumerate(netlist.outputs)]
    rows = ["    " + " | ".join(terms[start : start + 4]) for start in range(0, 16, 4)]
    body = " |\n".join(rows)
    return "\n".join([*lines, f"  return ({sign}int16_t)(", body + ");", "}", ""])
