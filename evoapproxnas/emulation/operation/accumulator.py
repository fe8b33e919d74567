"""How many products the int32 accumulator of a layer is certain to hold."""

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import QuantizationError
from evoapproxnas.quantization import WeightScheme

INT32_MAX = 2**31 - 1
EXACT_PRODUCT_MAX = 255 * 255
STEEPEST = 127
"""The largest magnitude of a control variate's coefficient: that of a signed byte."""


def largest_safe_terms(
    table: npt.NDArray[np.int32], scheme: WeightScheme, *, control_variate: bool = False
) -> int:
    """Return how many products an int32 accumulator is certain to hold, corrections included.

    With a sign, a term is sgn * (m(a, w) - z_a*w): for unsigned operands both parts are at least
    0, so the larger one bounds it. Otherwise their magnitudes are added. A control variate adds
    another multiple of the activation's code.
    """
    largest, unsigned = _largest(table), int(table.min()) >= 0
    if scheme == "sign_magnitude" and unsigned:
        bound = max(largest, EXACT_PRODUCT_MAX)
    else:
        bound = largest + EXACT_PRODUCT_MAX
    return INT32_MAX // (bound + 255 * STEEPEST * control_variate)


def most_products(table: npt.NDArray[np.int32]) -> int:
    """Return how many products alone an int32 accumulator is certain to hold."""
    return INT32_MAX // max(_largest(table), 1)


def _largest(table: npt.NDArray[np.int32]) -> int:
    """Return the largest magnitude; without a copy, as networks ask for it layer by layer."""
    return max(int(table.max()), -int(table.min()))


def sum_bits(
    fed: npt.NDArray[np.uint8],
    signs: npt.NDArray[np.int8],
    table: npt.NDArray[np.int32],
    codes: npt.NDArray[np.integer],
) -> int:
    """Return how many bits hold every sum of products of some weights, and each sum on its way.

    Args:
        fed: bit patterns of the weights, (..., channels_out).
        signs: -1, 0 or +1, the same shape.
        table: of the multiplier.
        codes: bit patterns that activations may have.

    Returns:
        Bits in two's complement, at least 2.
    """
    products = table[codes]
    most, least = (limit[fed].astype(np.int64) for limit in (products.max(0), products.min(0)))
    high = np.where(signs > 0, most, -least) * (signs != 0)
    low = np.where(signs > 0, least, -most) * (signs != 0)
    terms = tuple(range(fed.ndim - 1))
    highest = int(np.maximum(high, 0).sum(axis=terms).max())
    lowest = int(np.minimum(low, 0).sum(axis=terms).min())
    return bits_of(lowest, highest)


def bits_of(lowest: int, highest: int) -> int:
    """Return how many bits of two's complement hold two numbers, the first not above 0."""
    return max(highest.bit_length(), (-lowest - 1).bit_length() if lowest else 0, 1) + 1


def check_sum_fits(
    kernel_shape: tuple[int, ...],
    groups: int,
    table: npt.NDArray[np.int32],
    scheme: WeightScheme,
    *,
    control_variate: bool = False,
) -> None:
    """Refuse a layer whose sums could leave int32 and cannot be split over input channels.

    Args:
        kernel_shape: (kh, kw, channels_in / groups, channels_out).
        groups: of the channels.
        table: of the multiplier.
        scheme: how weights are coded.
        control_variate: whether there is one.

    Raises:
        QuantizationError: if the layer cannot be emulated.
    """
    rows, columns, channels, _ = kernel_shape
    terms = rows * columns * channels
    limit = largest_safe_terms(table, scheme, control_variate=control_variate)
    if terms > limit and (groups > 1 or rows * columns > most_products(table)):
        raise QuantizationError(
            f"a sum of {terms} products could overflow the int32 accumulator; at most {limit} "
            f"are safe for this table and weight scheme {scheme!r}, and only layers of one group "
            "and a smaller kernel are split: split the layer, or leave it exact"
        )
