"""DRUM, a dynamic-range multiplier: only k bits of each operand, from its leading one on.

S. Hashemi, R. I. Bahar, S. Reda, "DRUM: A Dynamic Range Unbiased Multiplier for Approximate
Applications", ICCAD 2015. An operand of more than k bits is cut to the k bits that begin with its
leading one, the lowest of which becomes 1, which makes the error nearly unbiased; the k x k-bit
product is shifted back.
"""

from collections.abc import Sequence

from evoapproxnas.circuits.draft import OPERAND_A, OPERAND_B, Draft
from evoapproxnas.circuits.generators.columns import sum_columns
from evoapproxnas.circuits.generators.leading_one import encoded, leading_one, shifted_by_binary
from evoapproxnas.circuits.generators.sign_magnitude import sign_magnitude
from evoapproxnas.circuits.netlist import Netlist
from evoapproxnas.errors import NetlistError


def drum_multiplier(segment: int, *, signed: bool = False) -> Netlist:
    """Generate DRUM-k: the product of `segment` bits of each operand, from its leading one on.

    Args:
        segment: bits that are multiplied, the k of DRUM-k, 3 to 7.
        signed: multiply magnitudes and negate the product where the signs differ.

    Raises:
        NetlistError: if the segment is out of range.
    """
    if not 3 <= segment <= 7:
        raise NetlistError(f"segment must lie in 3..7, got {segment}")
    draft = Draft()
    a, shift_a = _segment(draft, OPERAND_A, segment)
    b, shift_b = _segment(draft, OPERAND_B, segment)
    shift = sum_columns(draft, list(zip(shift_a, shift_b, strict=True)))[: len(shift_a) + 1]
    columns: list[list[int]] = [[] for _ in range(2 * segment - 1)]
    for i, bit_a in enumerate(a):
        for j, bit_b in enumerate(b):
            columns[i + j].append(draft.add("and2", bit_a, bit_b))
    product = sum_columns(draft, columns)[: 2 * segment]
    netlist = draft.finish(shifted_by_binary(draft, product, shift))
    return sign_magnitude(netlist) if signed else netlist


def _segment(draft: Draft, operand: Sequence[int], width: int) -> tuple[list[int], list[int]]:
    """Return the nets of the segment of an operand, and of how far it was shifted right."""
    hot = leading_one(draft, operand)[width:]
    long = draft.any_of(hot)
    shifts = [draft.add("not", long), *hot]
    bits = [draft.add("or2", long, operand[0])]
    for j in range(1, width):
        bits.append(draft.select([(net, operand[j + s]) for s, net in enumerate(shifts)]))
    return bits, encoded(draft, shifts)
