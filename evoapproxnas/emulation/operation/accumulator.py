"""How many products the int32 accumulator of a layer is certain to hold."""

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import QuantizationError
from evoapproxnas.quantization import WeightScheme

INT32_MAX = 2**31 - 1
EXACT_PRODUCT_MAX = 255 * 255


def largest_safe_terms(table: npt.NDArray[np.int32], scheme: WeightScheme) -> int:
    """Return how many products an int32 accumulator is certain to hold, corrections included.

    With a sign, a term is sgn * (m(a, w) - z_a*w): for unsigned operands both parts are at least
    0, so the larger one bounds it. Otherwise their magnitudes are added.
    """
    largest, unsigned = _largest(table), int(table.min()) >= 0
    if scheme == "sign_magnitude" and unsigned:
        bound = max(largest, EXACT_PRODUCT_MAX)
    else:
        bound = largest + EXACT_PRODUCT_MAX
    return INT32_MAX // bound


def most_products(table: npt.NDArray[np.int32]) -> int:
    """Return how many products alone an int32 accumulator is certain to hold."""
    return INT32_MAX // max(_largest(table), 1)


def _largest(table: npt.NDArray[np.int32]) -> int:
    """Return the largest magnitude; without a copy, as networks ask for it layer by layer."""
    return max(int(table.max()), -int(table.min()))


def check_sum_fits(
    kernel_shape: tuple[int, ...],
    groups: int,
    table: npt.NDArray[np.int32],
    scheme: WeightScheme,
) -> None:
    """Refuse a layer whose sums could leave int32 and cannot be split over input channels.

    Args:
        kernel_shape: (kh, kw, channels_in / groups, channels_out).
        groups: of the channels.
        table: of the multiplier.
        scheme: how weights are coded.

    Raises:
        QuantizationError: if the layer cannot be emulated.
    """
    rows, columns, channels, _ = kernel_shape
    terms, limit = rows * columns * channels, largest_safe_terms(table, scheme)
    if terms > limit and (groups > 1 or rows * columns > most_products(table)):
        raise QuantizationError(
            f"a sum of {terms} products could overflow the int32 accumulator; at most {limit} "
            f"are safe for this table and weight scheme {scheme!r}, and only layers of one group "
            "and a smaller kernel are split: split the layer, or leave it exact"
        )
