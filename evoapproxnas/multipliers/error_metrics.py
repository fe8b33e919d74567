"""How far a multiplier is from the product: the figures of EvoApproxLib.

With e = table - exact over all 65,536 operand pairs (Mrazek et al., "EvoApprox8b: Library of
Approximate Adders and Multipliers", DATE 2017):

    MAE% = mean |e| / 2^16       WCE% = max |e| / 2^16       EP% = share of pairs with e != 0
    MSE  = mean e^2              MRE% = mean |e| / |exact| over the pairs with exact != 0
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_FULL_SCALE = 2**16


@dataclass(frozen=True)
class ErrorFigures:
    """Error of one table; all but `mse` in percent."""

    mae_pct: float
    wce_pct: float
    ep_pct: float
    mse: float
    mre_pct: float


def operand_values(*, signed: bool) -> npt.NDArray[np.int32]:
    """Return the value of each operand code 0..255, shape (256,); two's complement if signed."""
    codes = np.arange(256, dtype=np.int32)
    return np.where(codes < 128, codes, codes - 256).astype(np.int32) if signed else codes


def exact_table(*, signed: bool) -> npt.NDArray[np.int32]:
    """Return the products table[a, w] of all operand codes, shape (256, 256)."""
    values = operand_values(signed=signed)
    return np.multiply.outer(values, values)


def error_figures(table: npt.NDArray[np.int32], *, signed: bool) -> ErrorFigures:
    """Compare a table with the exact products of the same signedness.

    Args:
        table: products by operand codes, shape (256, 256).
        signed: whether the codes are two's complement.
    """
    exact = exact_table(signed=signed)
    error = np.abs(table.astype(np.int64) - exact)
    nonzero = exact != 0
    return ErrorFigures(
        mae_pct=100 * float(error.mean()) / _FULL_SCALE,
        wce_pct=100 * float(error.max()) / _FULL_SCALE,
        ep_pct=100 * float((error != 0).mean()),
        mse=float((error * error).mean()),
        mre_pct=100 * float((error[nonzero] / np.abs(exact[nonzero])).mean()),
    )
