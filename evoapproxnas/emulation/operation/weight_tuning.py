"""Weight tuning without training: feed the multiplier the code that gives the better products.

Mrazek et al., "ALWANN: Automatic Layer-Wise Approximation of Deep Neural Network Accelerators
without Retraining", ICCAD 2019: weight w becomes the w' of least mean |m(a, w') - a*w|. There all
activations a count the same, here each as often as calibration met it.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from evoapproxnas.emulation.operation.quantization import code_limits
from evoapproxnas.multipliers import Multiplier, exact_table
from evoapproxnas.quantization import WeightScheme


def tuned_codes(
    multiplier: Multiplier,
    histogram: npt.NDArray[Any],
    *,
    scheme: WeightScheme,
    bits: int,
) -> npt.NDArray[np.int32]:
    """Return the bit pattern to feed instead of each weight bit pattern, int32 (256,).

    Where several are equally good, the nearest to the weight is taken. A zero magnitude stays
    zero and no other magnitude becomes it, as hardware skips such products.

    Args:
        multiplier: whose products.
        histogram: (256,), how often each activation bit pattern meets the multiplier.
        scheme: how weights are coded.
        bits: width of the weights' codes.
    """
    signed = multiplier.signed
    low, high = code_limits(signed=signed, bits=bits)
    values = np.arange(1 if scheme == "sign_magnitude" else low, high + 1)
    patterns = values & 255
    met = np.flatnonzero(histogram)
    share = histogram[met].astype(np.float64) / histogram.sum()
    products = multiplier.table[np.ix_(met, patterns)].astype(np.float64)
    exact = exact_table(signed=signed)[np.ix_(met, patterns)]
    tuned = np.arange(256, dtype=np.int32)
    for i, value in enumerate(values):
        errors = share @ np.abs(products - exact[:, i, None])
        best = np.flatnonzero(errors == errors.min())
        tuned[patterns[i]] = patterns[best[np.argmin(np.abs(values[best] - value))]]
    return tuned
