"""Which nets of somebody else's circuit are the operands and the product."""

import re
from collections import defaultdict
from collections.abc import Sequence

from evoapproxnas.errors import NetlistError

_BIT = re.compile(r"(.*?)[\[_(]?(\d+)[\])]?")


def multiplier_ports(
    inputs: Sequence[str], outputs: Sequence[str], *, where: str
) -> tuple[list[str], list[str]]:
    """Order the bits of an 8x8 multiplier as A[0..7], B[0..7] and O[0..15].

    Args:
        inputs: names of 16 bits such as "b[3]", "b_3" or "b3", in any order. The operand called
            A or a comes first, otherwise the one that is named first. Bits whose names do not
            form two ports of eight are taken as they stand.
        outputs: names of 16 bits.
        where: names the circuit in error messages.

    Raises:
        NetlistError: if there are not 16 bits on either side.
    """
    ports = _ports(inputs)
    if len(inputs) != 16 or len(outputs) != 16:
        found = ", ".join(f"{name or '?'} of {len(bits)} bits" for name, bits in ports.items())
        raise NetlistError(
            f"{where}: expected two 8-bit operands and a 16-bit product, got inputs "
            f"{found or 'none'} and {len(outputs)} output bits"
        )
    if [len(bits) for bits in ports.values()] == [8, 8]:
        first = sorted(ports, key=lambda name: name.lower() != "a")
        inputs = [bit for name in first for bit in ports[name]]
    product = _ports(outputs)
    return list(inputs), list(next(iter(product.values())) if len(product) == 1 else outputs)


def _ports(bits: Sequence[str]) -> dict[str, list[str]]:
    """Group bits by the name of their port, each in the order of its indices."""
    ports: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for bit in bits:
        match = _BIT.fullmatch(bit)
        name, index = (match[1], int(match[2])) if match else (bit, 0)
        ports[name].append((index, bit))
    return {name: [bit for _, bit in sorted(indexed)] for name, indexed in ports.items()}
