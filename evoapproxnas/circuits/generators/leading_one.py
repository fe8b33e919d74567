"""The leading one of an operand, where it is, and shifting by that."""

from collections.abc import Sequence

from evoapproxnas.circuits.draft import Draft


def leading_one(draft: Draft, bits: Sequence[int]) -> list[int]:
    """Return a net for every bit that is 1 where that bit is the leading one, else 0.

    Args:
        draft: takes the cells.
        bits: nets of a number, least significant first.
    """
    above = bits[-1]
    hot = [bits[-1]]
    for bit in reversed(bits[:-1]):
        hot.append(draft.add("and2", bit, draft.add("not", above)))
        above = draft.add("or2", bit, above)
    return hot[::-1]


def encoded(draft: Draft, hot: Sequence[int]) -> list[int]:
    """Return the binary number of the one of `hot` that is 1, least significant bit first."""
    width = (len(hot) - 1).bit_length()
    return [
        draft.any_of([net for index, net in enumerate(hot) if index >> bit & 1])
        for bit in range(width)
    ]


def shifted_by_binary(draft: Draft, bits: Sequence[int], shift: Sequence[int]) -> list[int]:
    """Shift a number left by a binary number, both least significant bit first."""
    result = list(bits)
    for power, net in enumerate(shift):
        step = 2**power
        moved, kept = [0] * step + result, result + [0] * step
        result = [draft.add("mux2", net, one, zero) for one, zero in zip(moved, kept, strict=True)]
    return result
