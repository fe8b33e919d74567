"""Which loops a layer has on an array: what of them is spread, and the parts of the rest."""

import numpy as np

from evoapproxnas.hardware.accelerators.orders.compiling import entry, inner, maker
from evoapproxnas.hardware.accelerators.orders.nest import Ints

FEWEST_PARTS = 4
"""Loops that a layer of few dimensions is split into, so that tiles can be of several sizes."""
_OUTPUT_CHANNELS = 1
_MOST_PRIMES = 64


@entry
def spread_over(sizes: Ints, places: Ints, axes: Ints, unrolled: Ints) -> None:
    """Say how much of each dimension is spread over the array.

    An axis takes as much of its first dimension as it has places for, then, as often as that fits
    in whole, of the next one.

    Args:
        sizes: of the loops, by dimension.
        places: rows and columns of the array.
        axes: dimensions that each is spread with, the preferred one first; -1 for no more.
        unrolled: overwritten.
    """
    unrolled[:] = 1
    for axis in range(places.size):
        left = places[axis]
        for dimension in axes[axis]:
            if dimension >= 0:
                unrolled[dimension] = min(sizes[dimension], left)
                left //= unrolled[dimension]


@maker
def split(rounds: Ints, dimension: Ints, size: Ints) -> int:
    """Split loops into parts, at least `FEWEST_PARTS` if they can be; smallest parts first.

    Args:
        rounds: sizes of the loops by dimension.
        dimension: of every part, overwritten.
        size: likewise.

    Returns:
        How many parts there are, at least one.
    """
    parts, counts = np.zeros((rounds.size, _MOST_PRIMES), np.int64), np.zeros_like(rounds)
    total, most = 0, 0
    for place in range(rounds.size):
        counts[place] = _primes(rounds[place], parts[place])
        total += counts[place]
        most += counts[place] > 0
    most = max(most, FEWEST_PARTS)
    while total > most:
        longest = counts.argmax()
        _merge(parts[longest], counts[longest])
        counts[longest] -= 1
        total -= 1
    count = 0
    for place in range(rounds.size):
        for part in range(counts[place]):
            dimension[count], size[count] = place, parts[place, part]
            count += 1
    if count:
        return count
    dimension[0], size[0] = _OUTPUT_CHANNELS, 1
    return 1


@inner
def _primes(n: int, found: Ints) -> int:
    """Write the prime factors of a number, smallest first; return how many there are."""
    count, divisor = 0, 2
    while divisor * divisor <= n:
        while n % divisor == 0:
            found[count] = divisor
            count += 1
            n //= divisor
        divisor += 1
    if n > 1:
        found[count] = n
        count += 1
    return count


@inner
def _merge(parts: Ints, count: int) -> None:
    """Put the product of the two smallest in their place, in order."""
    product = parts[0] * parts[1]
    place = 0
    while place + 2 < count and parts[place + 2] < product:
        parts[place] = parts[place + 2]
        place += 1
    parts[place] = product
    for later in range(place + 1, count - 1):
        parts[later] = parts[later + 1]
