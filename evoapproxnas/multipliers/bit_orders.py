"""Whether a circuit becomes a product when the bits of its ports are taken in another order."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import MultiplierError
from evoapproxnas.multipliers.table_readings import IMPLAUSIBLE, relative_error

_FAR_CLOSER = 4.0
"""How many times smaller the error must be than in the order that the names of the ports say."""


def check_bit_order(
    label: str, table: npt.NDArray[np.int32], *, signed: bool, operands: tuple[str, str]
) -> None:
    """Refuse a circuit that is a product in another order of its bits, and none in this one.

    Args:
        label: of the circuit.
        table: its products, [a, b].
        signed: whether they are two's complement.
        operands: names of the inputs a and b.

    Raises:
        MultiplierError: if the error is many times smaller with operands or product read from the
            other end, or with the bytes of the product exchanged.
    """
    error = relative_error(table, signed=signed)
    if error <= IMPLAUSIBLE:
        return
    orders = {
        words: relative_error(other, signed=signed)
        for words, other in _other_orders(table, signed, operands)
    }
    words = min(orders, key=orders.__getitem__)
    if orders[words] < min(IMPLAUSIBLE, error / _FAR_CLOSER):
        raise MultiplierError(
            f"{label!r}: the mean error is {100 * error:.3g} % of the mean product as the ports "
            f"are named, and {100 * orders[words]:.3g} % with {words}; give ports (--ports), most "
            "significant first, to say which it is"
        )


def _other_orders(
    table: npt.NDArray[np.int32], signed: bool, operands: tuple[str, str]
) -> Iterator[tuple[str, npt.NDArray[np.int32]]]:
    codes = np.arange(256)
    plain, from_end = (codes, ""), (_reversed(codes, 8), "the bits of {} from the other end")
    patterns = np.arange(65536)
    products = [
        (patterns, ""),
        (_reversed(patterns, 16), "the bits of the product from the other end"),
        (patterns >> 8 | (patterns & 255) << 8, "the bytes of the product exchanged"),
    ]
    for rows, a_words in (plain, from_end):
        for columns, b_words in (plain, from_end):
            ordered = table[np.ix_(rows, columns)] & 0xFFFF
            for meaning, o_words in products:
                words = [a_words.format(operands[0]), b_words.format(operands[1]), o_words]
                if any(words):
                    read = meaning[ordered]
                    numbers = (read ^ 0x8000) - 0x8000 if signed else read
                    yield " and ".join(text for text in words if text), numbers


def _reversed(numbers: npt.NDArray[np.int_], width: int) -> npt.NDArray[np.int_]:
    bits = [(numbers >> bit & 1) << (width - 1 - bit) for bit in range(width)]
    return np.bitwise_or.reduce(bits)
