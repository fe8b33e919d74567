"""How far a multiplier is from the product: the figures of EvoApproxLib.

With e = table - exact over all 65,536 operand pairs (Mrazek et al., "EvoApprox8b: Library of
Approximate Adders and Multipliers", DATE 2017):

    MAE% = mean |e| / 2^16       WCE% = max |e| / 2^16       EP% = share of pairs with e != 0
    MSE  = mean e^2              MRE% = mean |e| / |exact| over the pairs with exact != 0

Under an operand distribution means and shares are weighted by the probabilities of the pairs,
and WCE% is over the pairs that occur at all.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evoapproxnas.circuits import OperandDistribution, uniform_operands
from evoapproxnas.errors import MultiplierError

_FULL_SCALE = 2**16


@dataclass(frozen=True)
class ErrorFigures:
    """Error of one table; all but `mse` in percent.

    Attributes:
        mae_pct: mean absolute error, in percent of 2^16.
        wce_pct: worst-case error, in percent of 2^16.
        ep_pct: share of operand pairs with a wrong product, in percent.
        mse: mean squared error.
        mre_pct: mean relative error over nonzero exact products, in percent.
    """

    mae_pct: float
    wce_pct: float
    ep_pct: float
    mse: float
    mre_pct: float


def operand_values(*, signed: bool) -> npt.NDArray[np.int32]:
    """Return the value of each operand code 0..255, shape (256,); two's complement if signed.

    Args:
        signed: whether codes are two's complement.
    """
    codes = np.arange(256, dtype=np.int32)
    return np.where(codes < 128, codes, codes - 256).astype(np.int32) if signed else codes


def exact_table(*, signed: bool) -> npt.NDArray[np.int32]:
    """Return the products table[a, w] of all operand codes, shape (256, 256).

    Args:
        signed: whether codes are two's complement.
    """
    values = operand_values(signed=signed)
    return np.multiply.outer(values, values)


@dataclass(frozen=True)
class ErrorProfile:
    """What the published figures do not tell about the error e = table - exact.

    Attributes:
        bias: mean e.
        variance: of e.
        distinct_errors: number of different values of e other than 0.
        wrong_zeros: number of pairs with a zero operand and a product that is not 0.
        commutative: whether the operands may be exchanged.
        worst_operands: activation and weight of the first pair of the largest error, as values.
        worst_product: what the multiplier makes of them.
    """

    bias: float
    variance: float
    distinct_errors: int
    wrong_zeros: int
    commutative: bool
    worst_operands: tuple[int, int]
    worst_product: int


def error_figures(
    table: npt.NDArray[np.int32], *, signed: bool, operands: OperandDistribution | None = None
) -> ErrorFigures:
    """Compare a table with the exact products of the same signedness.

    Args:
        table: products by operand codes, shape (256, 256).
        signed: whether the codes are two's complement.
        operands: how often codes occur; uniform by default, as in all published figures.

    Returns:
        Figures as defined above.
    """
    exact = exact_table(signed=signed)
    error = np.abs(table.astype(np.int64) - exact)
    weights = (operands or uniform_operands()).pairs
    nonzero = (exact != 0) & (weights > 0)
    relative = error[nonzero] / np.abs(exact[nonzero])
    nonzero_share = float(weights[nonzero].sum())
    return ErrorFigures(
        mae_pct=100 * _mean(error, weights) / _FULL_SCALE,
        wce_pct=100 * float(error[weights > 0].max()) / _FULL_SCALE,
        ep_pct=100 * _mean(error != 0, weights),
        mse=_mean(error * error, weights),
        mre_pct=100 * _mean(relative, weights[nonzero]) / nonzero_share if nonzero_share else 0.0,
    )


def error_map(
    table: npt.NDArray[np.int32], *, signed: bool, blocks: int = 16
) -> npt.NDArray[np.float64]:
    """Average the absolute error over square blocks of operand values.

    Args:
        table: products by operand codes, shape (256, 256).
        signed: whether the codes are two's complement.
        blocks: per side, a divisor of 256.

    Returns:
        Shape (blocks, blocks), row = activation, column = weight, by rising operand *value*.

    Raises:
        MultiplierError: if `blocks` does not divide 256.
    """
    if blocks < 1 or 256 % blocks:
        raise MultiplierError(f"blocks must divide 256, got {blocks}")
    error = np.abs(table - exact_table(signed=signed))
    order = np.argsort(operand_values(signed=signed))
    side = 256 // blocks
    by_value = error[np.ix_(order, order)].reshape(blocks, side, blocks, side)
    return by_value.mean(axis=(1, 3))


def error_profile(
    table: npt.NDArray[np.int32], *, signed: bool, operands: OperandDistribution | None = None
) -> ErrorProfile:
    """Describe the error of a table, shape (256, 256); arguments as in `error_figures`.

    Bias and variance are weighted by `operands`; the counts are over all pairs.
    """
    error = table.astype(np.int64) - exact_table(signed=signed)
    weights = (operands or uniform_operands()).pairs
    bias = _mean(error, weights)
    worst = np.unravel_index(np.abs(error).argmax(), error.shape)
    values = operand_values(signed=signed)
    return ErrorProfile(
        bias=bias,
        variance=_mean((error - bias) ** 2, weights),
        distinct_errors=int(np.count_nonzero(np.unique(error))),
        wrong_zeros=int(np.count_nonzero(table[0]) + np.count_nonzero(table[1:, 0])),
        commutative=bool(np.array_equal(table, table.T)),
        worst_operands=(int(values[worst[0]]), int(values[worst[1]])),
        worst_product=int(table[worst]),
    )


def _mean(values: npt.ArrayLike, weights: npt.NDArray[np.float64]) -> float:
    return float(np.multiply(values, weights).sum())
