"""Signed multipliers from unsigned ones: multiply magnitudes, then put the sign back."""

from collections.abc import Sequence

from evoapproxnas.circuits.draft import OPERAND_A, OPERAND_B, Draft
from evoapproxnas.circuits.netlist import Netlist


def sign_magnitude(netlist: Netlist) -> Netlist:
    """Make an unsigned 8x8-bit multiplier into one of two's-complement numbers.

    Its product is sign(a) sign(b) m(|a|, |b|), modulo 2^16; |-128| is 128.

    Args:
        netlist: the unsigned one.
    """
    draft = Draft()
    sign_a, sign_b = OPERAND_A[-1], OPERAND_B[-1]
    magnitudes = [
        *_negated_if(draft, OPERAND_A, sign_a),
        *_negated_if(draft, OPERAND_B, sign_b),
    ]
    product = draft.embed(netlist, magnitudes)
    return draft.finish(_negated_if(draft, product, draft.add("xor2", sign_a, sign_b)))


def _negated_if(draft: Draft, bits: Sequence[int], condition: int) -> list[int]:
    """Return the two's complement of a number where the condition is 1: invert, and add 1."""
    carry = condition
    result = []
    for bit in bits:
        net = draft.add("half_adder", draft.add("xor2", bit, condition), carry)
        result.append(net)
        carry = net + 1
    return result
