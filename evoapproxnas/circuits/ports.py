"""Which nets of somebody else's circuit are the operands and the product.

One rule for every format. Operand A, the activation, is the input called A (or a), or the one
with an a in its name where the other has a b (in_b, in_a); otherwise the one declared first. Bits
are ordered by the indices in their names, wherever they are declared; the bits of a bus by the
rules of the language. Parts of a number are joined where their names tell (hi and lo, p1 and p0).
Where names do not tell, the circuit is refused, and the user says which port is what.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from evoapproxnas.circuits.port_layout import SYNTAX, PortLayout
from evoapproxnas.circuits.port_names import (
    Port,
    gather,
    is_first_operand,
    most_significant_first,
)
from evoapproxnas.errors import NetlistError

OPERAND_BITS, PRODUCT_BITS = 8, 16
_SHOWN = 20


@dataclass(frozen=True)
class MultiplierPorts:
    """The nets of an 8x8 multiplier, least significant first, and how its operands are called.

    Attributes:
        inputs: nets of A[0..7], then B[0..7].
        outputs: nets of O[0..15].
        operands: names of A and B in the file.
    """

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    operands: tuple[str, str]


def multiplier_ports(
    inputs: Sequence[Port],
    outputs: Sequence[Port],
    *,
    where: str,
    layout: PortLayout | None = None,
) -> MultiplierPorts:
    """Find the bits of an 8x8 multiplier among the ports of a circuit.

    Args:
        inputs: in the order in which they are declared.
        outputs: in the order in which they are declared.
        where: names the circuit in error messages.
        layout: what the user says; None, or what it leaves out, follows from the names.

    Raises:
        NetlistError: if there are not two operands of 8 bits and a product of 16, if the names
            do not tell which bits these are, or if the layout does not fit.
    """
    layout = layout or PortLayout((), (), ())
    if layout.a:
        parts = [*gather(inputs), *inputs]
        a, b = (layout.bits(key, parts, where=where) for key in ("a", "b"))
        if set(a) & set(b):
            raise NetlistError(f"{where}: ports (--ports) name a bit in both operands")
        names = (":".join(layout.a), ":".join(layout.b))
    else:
        first, second = _operands(inputs, outputs, where)
        a, b, names = first.nets, second.nets, (first.name, second.name)
    if layout.product:
        product = layout.bits("product", [*gather(outputs), *outputs], where=where)
    else:
        product = _product(inputs, outputs, where)
    return MultiplierPorts((*a, *b), product, names)


def fits(inputs: Sequence[Port], outputs: Sequence[Port]) -> bool:
    """Tell whether ports have the 16 input and 16 output bits of an 8x8 multiplier."""
    return _width(inputs) == 2 * OPERAND_BITS and _width(outputs) == PRODUCT_BITS


def _width(ports: Sequence[Port]) -> int:
    return sum(len(port.nets) for port in ports)


def _operands(inputs: Sequence[Port], outputs: Sequence[Port], where: str) -> tuple[Port, Port]:
    buses = gather(inputs)
    if _width(buses) != 2 * OPERAND_BITS:
        raise _other_widths(inputs, outputs, where)
    if len(buses) == 4:
        buses = _halves(buses)
    if [len(bus.nets) for bus in buses] != [OPERAND_BITS] * 2:
        raise NetlistError(
            f"{where}: the names of the inputs {_listed(buses)} do not tell which are the bits of "
            f"the two operands; give ports (--ports) as {SYNTAX}"
        )
    first, second = buses
    swapped = is_first_operand(second.name, first.name)
    return (second, first) if swapped else (first, second)


def _halves(buses: Sequence[Port]) -> list[Port]:
    """Join four parts to two operands where that works; otherwise leave them."""
    joined: list[Port] = []
    rest = list(buses)
    while rest:
        part = rest.pop(0)
        for other in rest:
            if order := most_significant_first([part, other]):
                joined.append(_joined(order))
                rest.remove(other)
                break
    return joined if _width(joined) == _width(buses) else list(buses)


def _product(inputs: Sequence[Port], outputs: Sequence[Port], where: str) -> tuple[str, ...]:
    buses = gather(outputs)
    if _width(buses) != PRODUCT_BITS:
        raise _other_widths(inputs, outputs, where)
    if len(buses) == 1:
        return buses[0].nets
    order = most_significant_first(buses)
    if order is None:
        names = [f"{bus.name:.40}" for bus in buses]
        readings = f"product={':'.join(names)} or product={':'.join(reversed(names))}"
        advice = f"give ports (--ports) {readings if len(names) <= 4 else f'as {SYNTAX}'}"
        raise NetlistError(
            f"{where}: the names of the outputs {_listed(buses)} do not tell which is the upper "
            f"part of the product; {advice}"
        )
    return _joined(order).nets


def _joined(most_first: Sequence[Port]) -> Port:
    parts = most_first[::-1]
    return Port(
        ":".join(part.name for part in most_first),
        tuple(net for part in parts for net in part.nets),
        tuple(label for part in parts for label in part.labels),
    )


def _other_widths(inputs: Sequence[Port], outputs: Sequence[Port], where: str) -> NetlistError:
    found = ", ".join(f"{bus.name:.40} of {len(bus.nets)} bits" for bus in gather(inputs)[:_SHOWN])
    return NetlistError(
        f"{where}: expected two 8-bit operands and a 16-bit product, got inputs "
        f"{found or 'none'} and {_width(outputs)} output bits; to choose among more, give ports "
        f"(--ports) as {SYNTAX}"
    )


def _listed(buses: Sequence[Port]) -> str:
    shown = [f"{bus.name:.40} ({len(bus.nets)})" for bus in buses[:_SHOWN]]
    return ", ".join(shown) + (", ..." if len(buses) > _SHOWN else "")
