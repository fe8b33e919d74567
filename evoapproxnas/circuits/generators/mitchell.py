"""Mitchell's logarithmic multiplier: add approximate logarithms, take the antilogarithm.

J. N. Mitchell, "Computer Multiplication and Division Using Binary Logarithms", IRE Transactions
on Electronic Computers, 1962. With a = 2^i (1 + x) and b = 2^j (1 + y), 0 <= x, y < 1, and
log2(1 + x) taken to be x, the product becomes 2^(i + j) (1 + x + y) where x + y < 1, and
2^(i + j + 1) (x + y) otherwise; 0 if a or b is 0. It is never above the exact product.
"""

from collections.abc import Sequence

from evoapproxnas.circuits.draft import OPERAND_A, OPERAND_B, PRODUCT_BITS, Draft
from evoapproxnas.circuits.generators.columns import sum_columns
from evoapproxnas.circuits.generators.leading_one import encoded, leading_one, shifted_by_binary
from evoapproxnas.circuits.generators.sign_magnitude import sign_magnitude
from evoapproxnas.circuits.netlist import Netlist
from evoapproxnas.errors import NetlistError

_FRACTION = 7
_EXPONENT = 3


def mitchell_multiplier(fraction_bits: int = _FRACTION, *, signed: bool = False) -> Netlist:
    """Generate a logarithmic multiplier after Mitchell.

    Args:
        fraction_bits: bits of x and y that are kept, 0 to 7; the lower ones are taken to be 0,
            and the product loses the bits below 1.
        signed: multiply magnitudes and negate the product where the signs differ.

    Raises:
        NetlistError: if the number of bits is out of range.
    """
    if not 0 <= fraction_bits <= _FRACTION:
        raise NetlistError(f"fraction_bits must lie in 0..7, got {fraction_bits}")
    draft = Draft()
    a, a_is_not_0 = _logarithm(draft, OPERAND_A, fraction_bits)
    b, b_is_not_0 = _logarithm(draft, OPERAND_B, fraction_bits)
    width = fraction_bits + _EXPONENT + 1
    total = sum_columns(draft, list(zip(a, b, strict=True)))[:width]
    neither_is_0 = draft.add("and2", a_is_not_0, b_is_not_0)
    mantissa = [draft.add("and2", bit, neither_is_0) for bit in total[:fraction_bits]]
    product = shifted_by_binary(draft, [*mantissa, neither_is_0], total[fraction_bits:])
    netlist = draft.finish(product[fraction_bits : fraction_bits + PRODUCT_BITS])
    return sign_magnitude(netlist) if signed else netlist


def _logarithm(draft: Draft, operand: Sequence[int], fraction_bits: int) -> tuple[list[int], int]:
    """Return the nets of x, then of i, least significant first; and whether a is not 0."""
    hot = leading_one(draft, operand)
    fraction = [
        draft.select([(hot[i], operand[i - place]) for i in range(place, 8)])
        for place in range(fraction_bits, 0, -1)
    ]
    return fraction + encoded(draft, hot), draft.any_of(operand)
