"""What an array of numbers may mean as a table of products, and which meaning makes a product.

A table is in code order: row = activation code, column = weight code, both 0..255, two's
complement if signed. Others write signed tables in value order, -128..127, products plus 32768,
two's-complement patterns as unsigned numbers, bytes in the other order, whole numbers as floats.
The plain meaning is taken unless another one is closer to a product by far.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import MultiplierError
from evoapproxnas.multipliers.error_metrics import exact_table

Products = npt.NDArray[np.int64]

_CLEARLY = 2.0
"""How many times closer to a product another reading must be, to be taken for meant."""
IMPLAUSIBLE = 0.25
"""Mean error, relative to the mean product, from which on a table is hardly one of products."""
_POSSIBLE = 0.5
"""Largest such error of a reading that is taken for meant though it is not the plain one."""

_KINDS = {False: "unsigned", True: "signed"}


@dataclass(frozen=True)
class TableReading:
    """A table and what was assumed to read it.

    Attributes:
        table: products by codes, int32, shape (256, 256).
        notes: sentences about what was assumed; none for a table in plain form.
    """

    table: npt.NDArray[np.int32]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Candidate:
    """One meaning: products by codes, and what it is in words; the plain one has no words."""

    products: Products
    words: str
    distance: float


def read_values(
    name: str,
    values: npt.ArrayLike,
    *,
    signed: bool,
    any_order: bool = True,
    any_bytes: bool = False,
) -> TableReading:
    """Find the meaning of an array that somebody else made.

    Args:
        name: of the multiplier, for messages.
        values: 65,536 whole numbers in any shape, row by row.
        signed: whether operands and products are two's complement.
        any_order: whether rows or columns may be in value order.
        any_bytes: whether the bytes of 16-bit numbers may be in the other order.

    Raises:
        MultiplierError: if there are not 65,536 whole numbers, if they do not fit into 16 bits, or
            if they are closer to a product in the other signedness.
    """
    array = np.asarray(values)
    notes = [] if array.shape == (256, 256) else [f"shape {array.shape} is read row by row"]
    numbers = _whole(name, array)
    readings = [
        list(_candidates(numbers, kind, any_order=any_order, any_bytes=any_bytes))
        for kind in (signed, not signed)
    ]
    if not readings[0]:
        raise _out_of_range(name, numbers, readings[1], signed)
    plain = readings[0][0]
    chosen = _best(readings[0])
    check_sign(name, chosen.distance, _best(readings[1] or [chosen]).distance, signed)
    if chosen is not plain:
        notes.append(
            f"read as {chosen.words}: mean error {100 * chosen.distance:.3g} % of the mean "
            f"product, instead of {100 * plain.distance:.3g} % as "
            f"{plain.words or 'products by codes 0..255'}"
        )
    elif plain.words and array.dtype != np.uint16:
        notes.append(f"read as {plain.words}")
    return TableReading(chosen.products.astype(np.int32), tuple(notes))


def relative_error(products: npt.NDArray[np.integer], *, signed: bool) -> float:
    """Return the mean error of a table relative to the mean size of a product."""
    exact = exact_table(signed=signed)
    return float(np.abs(products - exact).mean() / np.abs(exact).mean())


def check_sign(name: str, declared: float, other: float, signed: bool) -> None:
    """Raise MultiplierError if the error in the other signedness is much smaller."""
    if _is_meant(other, instead_of=declared):
        advice = "leave out signed (--signed)" if signed else "give signed=True (--signed)"
        raise MultiplierError(
            f"{name!r} was declared {_KINDS[signed]}, but read as {_KINDS[not signed]} it is "
            f"closer to a product: mean error {100 * other:.3g} % instead of "
            f"{100 * declared:.3g} % of the mean product; {advice}"
        )


def _whole(name: str, array: npt.NDArray[Any]) -> Products:
    """Return the numbers as int64, shape (256, 256)."""
    if array.size != 256 * 256:
        raise MultiplierError(
            f"the table of {name!r} must have shape (256, 256), one row per activation code and "
            f"one column per weight code, got {array.shape}"
        )
    if array.dtype.kind not in "iuf":
        raise MultiplierError(f"the table of {name!r} must hold integers, got {array.dtype}")
    numbers = array.reshape(256, 256)
    if array.dtype.kind == "f":
        with np.errstate(all="ignore"):
            numbers = numbers.astype(np.float64)
    # Compared before they become integers, which NaN, infinity and huge numbers cannot.
    if not ((numbers > -(2**24)) & (numbers < 2**24)).all():
        raise MultiplierError(
            f"the table of {name!r} must hold products of 16 bits, got {numbers.min()}.."
            f"{numbers.max()}"
        )
    whole = numbers.astype(np.int64)
    if not (whole == numbers).all():
        raise MultiplierError(
            f"the table of {name!r} must hold integers, got {array.dtype} with fractions; "
            "round it and convert it with .astype(numpy.int32)"
        )
    return whole


def _candidates(
    numbers: Products, signed: bool, *, any_order: bool, any_bytes: bool
) -> Iterator[_Candidate]:
    """Yield the meanings that fit into 16 bits, the plain one first."""
    swapped = numbers >> 8 & 255 | (numbers & 255) << 8
    sources = [(numbers, "")]
    if any_bytes:
        sources.append((swapped, "big-endian numbers"))
    for source, source_words in sources:
        for products, value_words in _values(source, signed):
            for ordered, order_words in _orders(products, signed and any_order):
                words = [text for text in (source_words, value_words, order_words) if text]
                error = relative_error(ordered, signed=signed)
                yield _Candidate(ordered, " and ".join(words), error)


def _values(numbers: Products, signed: bool) -> Iterator[tuple[Products, str]]:
    """Yield the products that numbers may stand for."""
    low, high = (-(2**15), 2**15 - 1) if signed else (0, 2**16 - 1)
    smallest, largest = int(numbers.min()), int(numbers.max())
    if low <= smallest and largest <= high:
        yield numbers, ""
    elif signed and smallest >= 0 and largest < 2**16:
        yield (numbers ^ 0x8000) - 0x8000, "16-bit patterns in two's complement"
    elif not signed and smallest >= -(2**15) and largest < 2**15:
        yield numbers & 0xFFFF, "16-bit patterns without a sign"
    if signed and smallest >= 0 and largest < 2**16:
        yield numbers - 2**15, "products plus 32768"


def _orders(products: Products, any_order: bool) -> Iterator[tuple[Products, str]]:
    """Yield a table with its rows and columns in code order."""
    yield products, ""
    if any_order:
        by_value = np.arange(256) ^ 128
        yield products[np.ix_(by_value, by_value)], "operands in value order -128..127"
        yield products[by_value], "rows in value order -128..127, columns in code order"
        yield products[:, by_value], "columns in value order -128..127, rows in code order"


def _best(candidates: list[_Candidate]) -> _Candidate:
    """Return the plain meaning, or the one that is closer to a product by far."""
    nearest = min(candidates, key=lambda candidate: candidate.distance)
    plain = candidates[0]
    return nearest if _is_meant(nearest.distance, instead_of=plain.distance) else plain


def _is_meant(distance: float, *, instead_of: float) -> bool:
    return distance <= _POSSIBLE and instead_of > _CLEARLY * distance


def _out_of_range(
    name: str, numbers: Products, others: list[_Candidate], signed: bool
) -> MultiplierError:
    low, high = (-(2**15), 2**15 - 1) if signed else (0, 2**16 - 1)
    advice = f"; should signed={not signed} be given (--signed)?" if others else ""
    return MultiplierError(
        f"{_KINDS[signed]} products of {name!r} must lie in {low}..{high}, got "
        f"{numbers.min()}..{numbers.max()}{advice}"
    )
