"""What of a multiplier's error a layer keeps, and the operand pairs on which a search sees it.

A layer sums up products of many weights and subtracts from the bias what their errors are on
average over its activations. What is left of the error e of one product has two parts:

* How many activations of a channel are 0 differs from image to image, from place to place and
  from channel to channel, and with it the mean error. It is the same for whole regions of a map,
  so nothing averages it out: squared, (E_a e - e(0, w))^2.
* The rest is noise, which further sums average out; its variance counts with `NOISE_SHARE`.

    layer_mse = E_w [ (E_a e - e(0, w))^2 + NOISE_SHARE * Var_a e ]

On a ResNet-8 with 73 circuits in all its convolutions, 16 of them evolved against a first form of
this figure, the rank correlation with the cross-entropy on 1,000 validation images is 0.97; that
of the weighted MAE is 0.75, of the weighted MSE 0.93. `NOISE_SHARE` was chosen there, such that
the evolved circuits are not thought better, or worse, than those of the library. Which share of a
layer's error is coherent depends on the network, so another one may want another value.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evoapproxnas.circuits import OperandDistribution
from evoapproxnas.multipliers.error_metrics import exact_table, operand_values

NOISE_SHARE = 0.2
"""Weight of the variance."""

CODES = 64
"""Operand codes that stand for one stratum."""

STRATA = 4
"""Per operand."""

_TAILS = (0.75, 0.9375, 0.984375)

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]


def layer_mse(
    table: npt.NDArray[np.int32], *, signed: bool, operands: OperandDistribution
) -> float:
    """Return the mean squared error that a layer keeps, by the formula above.

    Args:
        table: products by operand codes, shape (256, 256).
        signed: whether the codes are two's complement.
        operands: how often codes occur; the most frequent activation stands for 0, the zero
            point.
    """
    error = (table - exact_table(signed=signed)).astype(np.float64)
    error -= error[zero_code(operands)]
    mean = operands.activations @ error
    variance = operands.activations @ (error - mean) ** 2
    return float(operands.weights @ (mean**2 + NOISE_SHARE * variance))


def zero_code(operands: OperandDistribution) -> int:
    """Return the activation code that occurs most often."""
    return int(operands.activations.argmax())


@dataclass(frozen=True, eq=False)
class Strata:
    """Codes that stand for the distribution of one operand, rare ones included.

    Attributes:
        codes: int64 (STRATA, CODES); those of a stratum are equally likely.
        shares: probabilities of the strata, float64 (STRATA,).
    """

    codes: IntArray
    shares: FloatArray


def activation_strata(operands: OperandDistribution, *, signed: bool) -> Strata:
    """Return the zero alone in the first stratum, the others by magnitude."""
    zero = zero_code(operands)
    others = operands.activations.copy()
    share = others[zero]
    others[zero] = 0
    if not others.any():
        others[zero] = 1.0
    rest = _strata(others / others.sum(), _TAILS[: STRATA - 2], signed=signed)
    return Strata(
        np.concatenate([np.full((1, CODES), zero), rest.codes]),
        np.concatenate([[share], (1 - share) * rest.shares]),
    )


def weight_strata(operands: OperandDistribution, *, signed: bool) -> Strata:
    """Return strata by magnitude."""
    return _strata(operands.weights, _TAILS, signed=signed)


def _strata(probabilities: FloatArray, tails: tuple[float, ...], *, signed: bool) -> Strata:
    """Cut a distribution at quantiles; each part is represented by its own quantiles."""
    order = np.argsort(np.abs(operand_values(signed=signed)), kind="stable")
    total = np.cumsum(probabilities[order])
    edges = np.array([0.0, *tails, 1.0])
    middles = (np.arange(CODES) + 0.5) / CODES
    quantiles = edges[:-1, np.newaxis] + np.diff(edges)[:, np.newaxis] * middles
    places = np.searchsorted(total[:-1], quantiles * total[-1])
    return Strata(order[places].astype(np.int64), np.diff(edges))
