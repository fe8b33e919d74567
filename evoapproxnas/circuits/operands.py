"""How often operands occur: independent distributions of activation and weight codes.

Published figures assume uniform operands. A network feeds others: activations after ReLU are
often zero and otherwise small, weights are roughly normal, so their magnitudes are small too.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from evoapproxnas.errors import MultiplierError, StoreError
from evoapproxnas.files import load_arrays, save_arrays

FloatArray = npt.NDArray[np.float64]

_CODES = 256
_NAMES = ("activations", "weights", "signed")
_LARGEST = 2**16
"""Bytes of a file's arrays, unpacked; 256 numbers twice take a sixteenth of that."""


@dataclass(frozen=True, eq=False)
class OperandDistribution:
    """Probabilities of the codes of A (activations) and of B (weights), independent.

    Attributes:
        activations: by code, shape (256,), sum 1, read-only.
        weights: by code, shape (256,), sum 1, read-only.
    """

    activations: FloatArray
    weights: FloatArray

    def __post_init__(self) -> None:
        """Normalize and freeze both; raises MultiplierError where that cannot be done."""
        for name in ("activations", "weights"):
            object.__setattr__(self, name, _normalized(name, getattr(self, name)))

    @property
    def pairs(self) -> FloatArray:
        """Probability of every operand pair, shape (256, 256): activation code, weight code."""
        return np.multiply.outer(self.activations, self.weights)

    @property
    def is_uniform(self) -> bool:
        """Whether every operand pair is equally likely."""
        uniform = 1 / _CODES
        return bool((self.activations == uniform).all() and (self.weights == uniform).all())

    @classmethod
    def from_codes(cls, activations: npt.ArrayLike, weights: npt.ArrayLike) -> Self:
        """Count observed codes 0..255, of any shape.

        Args:
            activations: codes of activations.
            weights: codes of weights.

        Raises:
            MultiplierError: if a code is no integer in 0..255, or there is none.
        """
        return cls(_histogram("activations", activations), _histogram("weights", weights))


def save_operands(path: Path, operands: OperandDistribution, *, signed: bool) -> None:
    """Write a distribution, and whether its codes are two's complement, to a `.npz` file.

    Args:
        path: of the file.
        operands: the distribution.
        signed: whether its codes are two's complement.

    Raises:
        MultiplierError: if the file cannot be written.
    """
    try:
        save_arrays(
            path,
            {
                "activations": operands.activations,
                "weights": operands.weights,
                "signed": np.asarray(signed),
            },
        )
    except StoreError as error:
        raise MultiplierError(str(error)) from error


def load_operands(path: Path, *, signed: bool) -> OperandDistribution:
    """Read what `save_operands` wrote.

    Args:
        path: the file.
        signed: what the codes are expected to be.

    Raises:
        MultiplierError: if the file cannot be read, is none of these, or is of the other
            signedness.
    """
    try:
        arrays = load_arrays(path, names=_NAMES, largest=_LARGEST, error=MultiplierError)
        operands = OperandDistribution(arrays["activations"], arrays["weights"])
    except MultiplierError as error:
        raise MultiplierError(
            f"{path} holds no operand distribution: {error}; make one with 'multipliers operands'"
        ) from error
    if arrays["signed"].dtype != np.bool_ or arrays["signed"].size != 1:
        raise MultiplierError(
            f"{path} does not tell whether its codes are signed: expected one bool, got "
            f"{arrays['signed'].size} of {arrays['signed'].dtype}"
        )
    found = bool(arrays["signed"])
    if found != signed:
        kinds = ("signed", "unsigned") if found else ("unsigned", "signed")
        raise MultiplierError(
            f"{path} counts {kinds[0]} codes, but the multiplier is {kinds[1]}; count them with "
            f"--weight-scheme {'symmetric' if signed else 'sign_magnitude'}"
        )
    return operands


@cache
def uniform_operands() -> OperandDistribution:
    """Return the distribution behind all published figures."""
    return OperandDistribution(np.ones(_CODES), np.ones(_CODES))


@cache
def network_operands(
    *, zero_share: float = 0.5, activation_sigma: float = 48.0, weight_sigma: float = 48.0
) -> OperandDistribution:
    """Model a convolution of a trained network: ReLU activations, sign-magnitude weights.

    Args:
        zero_share: share of activations that are 0.
        activation_sigma: of the half-normal codes of the others.
        weight_sigma: of the half-normal magnitudes of the weights.

    Returns:
        Probabilities of activation and weight codes.

    Raises:
        MultiplierError: if an argument is out of range.
    """
    return OperandDistribution(
        relu_activations(zero_share=zero_share, sigma=activation_sigma),
        sign_magnitude_weights(sigma=weight_sigma),
    )


def relu_activations(*, zero_share: float = 0.5, sigma: float = 48.0) -> FloatArray:
    """Return the probabilities of unsigned activation codes after ReLU, shape (256,).

    Code 0 has `zero_share`; the rest is half-normal, a normal variable cut at 0.

    Args:
        zero_share: probability of code 0.
        sigma: standard deviation before ReLU, in codes.

    Raises:
        MultiplierError: unless 0 <= zero_share <= 1 and sigma > 0.
    """
    if not 0 <= zero_share <= 1:
        raise MultiplierError(f"zero_share must lie in 0..1, got {zero_share}")
    positive = _bell(np.arange(_CODES), sigma)
    positive[0] = 0
    probabilities = (1 - zero_share) * positive / positive.sum()
    probabilities[0] = zero_share
    return probabilities


def sign_magnitude_weights(*, sigma: float = 48.0) -> FloatArray:
    """Return the probabilities of the magnitudes 0..255 of normal weights, shape (256,).

    Args:
        sigma: standard deviation, in codes.

    Raises:
        MultiplierError: unless sigma > 0.
    """
    magnitudes = 2 * _bell(np.arange(_CODES), sigma)
    magnitudes[0] /= 2
    return magnitudes / magnitudes.sum()


def symmetric_codes(*, sigma: float = 24.0) -> FloatArray:
    """Return the probabilities of two's-complement codes of a normal variable, shape (256,).

    Args:
        sigma: standard deviation, in codes.

    Raises:
        MultiplierError: unless sigma > 0.
    """
    codes = np.arange(_CODES)
    density = _bell(np.where(codes < 128, codes, codes - _CODES), sigma)
    density[128] = 0  # -128 is left unused by symmetric quantization
    return density / density.sum()


def _bell(values: npt.NDArray[np.int64], sigma: float) -> FloatArray:
    if not sigma > 0:
        raise MultiplierError(f"sigma must be above 0 codes, got {sigma}")
    return np.exp(-0.5 * (values / sigma) ** 2)


def _normalized(name: str, probabilities: npt.ArrayLike) -> FloatArray:
    try:
        array = np.array(probabilities, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise MultiplierError(f"{name}: expected 256 numbers, one per code: {error}") from error
    if array.shape != (_CODES,) or not np.isfinite(array).all() or (array < 0).any():
        raise MultiplierError(
            f"{name}: expected 256 finite numbers, none negative, one per code, got shape "
            f"{array.shape}"
        )
    with np.errstate(over="ignore"):
        if array.sum() == np.inf:
            array /= array.max()
    if not array.sum() > 0:
        raise MultiplierError(f"{name}: expected a code that occurs, got only zeros")
    array /= array.sum()
    array.setflags(write=False)
    return array


def _histogram(name: str, codes: npt.ArrayLike) -> FloatArray:
    array = np.asarray(codes)
    if array.dtype.kind not in "iu" or array.size == 0 or array.min() < 0 or array.max() > 255:
        raise MultiplierError(
            f"{name}: expected integer codes 0..255 (signed codes as raw bit patterns), got "
            f"{array.size} values of {array.dtype}"
        )
    return np.bincount(array.ravel(), minlength=_CODES).astype(np.float64)
