"""Adding up columns of bits, the second half of every multiplier."""

from collections.abc import Iterable, Sequence

from evoapproxnas.circuits.draft import PRODUCT_BITS, Draft


def sum_columns(draft: Draft, columns: Sequence[Iterable[int]]) -> list[int]:
    """Add up bits of all weights with half and full adders, modulo 2^16.

    The three-greedy approach: column by column, an adder takes the bits that settle first, and a
    half adder comes first where the number of bits is even (P. F. Stelling et al., "Optimal
    Circuits for Parallel Multipliers", IEEE Transactions on Computers, 1998). Inputs that settle
    together cause few glitches, so it needs the least power as well.

    Args:
        draft: takes the adders.
        columns: nets of the bits of weight 2^0, 2^1, ...

    Returns:
        16 nets of the sum, least significant first.
    """
    waiting = [list(column) for column in columns]
    waiting += [[] for _ in range(PRODUCT_BITS + 1 - len(waiting))]
    total = []
    for weight, bits in enumerate(waiting[:PRODUCT_BITS]):
        while len(bits) > 1:
            bits.sort(key=draft.arrival_ns)
            pins = 3 if len(bits) % 2 else 2
            net = draft.add("full_adder" if pins == 3 else "half_adder", *bits[:pins])
            bits[:pins] = [net]
            waiting[weight + 1].append(net + 1)
        total.append(bits[0] if bits else 0)
    return total
