"""The squared error that a layer keeps, block by block; imported by its own name.

Compiled by Numba. A block is one stratum of the activations, the lanes of its words, with one of
the weights, its words. The strata of activations follow each other, zero first.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from evoapproxnas.circuits.gates import Words
from evoapproxnas.multipliers.evolution.kernels.blocks import SIGN, ones, squares, subtract
from evoapproxnas.multipliers.evolution.kernels.compiling import compiled
from evoapproxnas.multipliers.evolution.kernels.vector_words import BLOCK

_LANES = 64


class LayerError(NamedTuple):
    """How strata make up the error.

    Attributes:
        activation_shares: probabilities of the strata.
        weight_shares: probabilities of the strata.
        noise_share: of the variance.
        moments: memory for the mean error of every word, and its error at zero; (2, BLOCK).
        square: memory for the mean squared error, (1,).
        planes: memory for the bit planes of errors.
    """

    activation_shares: npt.NDArray[np.float64]
    weight_shares: npt.NDArray[np.float64]
    noise_share: float
    moments: npt.NDArray[np.float64]
    square: npt.NDArray[np.float64]
    planes: Words


def layer_error(
    activation_shares: npt.NDArray[np.float64],
    weight_shares: npt.NDArray[np.float64],
    noise_share: float,
) -> LayerError:
    """Return the description of strata, with memory."""
    return LayerError(
        activation_shares,
        weight_shares,
        noise_share,
        np.zeros((2, BLOCK)),
        np.zeros(1),
        np.zeros((SIGN + 1, BLOCK), np.uint64),
    )


@compiled
def layer_error_block(
    layer: LayerError,
    block: int,
    wires: Words,
    outputs: npt.NDArray[np.int64],
    exact: Words,
    start: int,
    signed: bool,
) -> float:
    """Return what one stratum of weights contributes at its last block, else 0.

    Arguments as in `compiled.block_error`; the blocks are passed one after another.
    """
    strata = layer.activation_shares.size
    place = block % strata
    share = layer.activation_shares[place] / _LANES
    moments, planes = layer.moments, layer.planes
    if place == 0:
        moments[:] = 0
        layer.square[0] = 0
    used = subtract(wires, outputs, exact, start, signed, planes)
    layer.square[0] += share * squares(planes, used)
    for k in range(BLOCK):
        total = 0.0
        sign = planes[SIGN, k]
        for bit in range(used):
            word = planes[bit, k]
            count = np.int64(ones(word)) - 2 * np.int64(ones(word & sign))
            total += np.float64(count) * 2.0**bit
        moments[0, k] += share * total
        if place == 0:
            moments[1, k] = total / _LANES
    if place < strata - 1:
        return 0.0
    kept = layer.noise_share * layer.square[0]
    for k in range(BLOCK):
        mean = moments[0, k]
        kept += (mean - moments[1, k]) ** 2 - layer.noise_share * mean**2
    return layer.weight_shares[block // strata] * kept / BLOCK
