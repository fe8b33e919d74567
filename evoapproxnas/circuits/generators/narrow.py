"""Exact multipliers of narrow operands, down to 2 x 2 bits: what low-bit quantization needs."""

from evoapproxnas.circuits.draft import OPERAND_A, OPERAND_B, Draft
from evoapproxnas.circuits.generators.columns import sum_columns
from evoapproxnas.circuits.netlist import Netlist
from evoapproxnas.errors import NetlistError


def narrow_multiplier(activation_bits: int, weight_bits: int, *, signed: bool = False) -> Netlist:
    """Generate the exact multiplier of the low bits of A and B; it reads no other bits.

    Partial products are those of C. R. Baugh and B. A. Wooley, "A Two's Complement Parallel
    Array Multiplication Algorithm", IEEE Transactions on Computers, 1973, where operands are
    signed: with sign bits a_m and b_n, those of one sign bit are inverted, and 2^m + 2^n +
    2^(m + n + 1) is added.

    Args:
        activation_bits: width of A, 2 to 8.
        weight_bits: width of B, 2 to 8.
        signed: two's complement; the product's sign is extended to 16 bits.

    Raises:
        NetlistError: if a width is out of range.
    """
    for operand, bits in (("activation", activation_bits), ("weight", weight_bits)):
        if not 2 <= bits <= 8:
            raise NetlistError(f"{operand}_bits must lie in 2..8, got {bits}")
    draft = Draft()
    columns: list[list[int]] = [[] for _ in range(activation_bits + weight_bits)]
    for i, a in enumerate(OPERAND_A[:activation_bits]):
        for j, b in enumerate(OPERAND_B[:weight_bits]):
            one_sign_bit = (i == activation_bits - 1) != (j == weight_bits - 1)
            kind = "nand2" if signed and one_sign_bit else "and2"
            columns[i + j].append(draft.add(kind, a, b))
    if signed:
        for column in (activation_bits - 1, weight_bits - 1, activation_bits + weight_bits - 1):
            columns[column].append(1)
    product = sum_columns(draft, columns)[: len(columns)]
    return draft.finish(product, fill=product[-1] if signed else 0)
