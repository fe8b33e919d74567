"""Which operands the multipliers of a network are fed: what circuits can be evolved for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

import keras
import numpy as np

from evoapproxnas.circuits import OperandDistribution
from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.emulation.layers import EmulatedLayer
from evoapproxnas.errors import QuantizationError, UnknownNameError
from evoapproxnas.hardware.keras_workload import keras_workload

_UNKNOWN_SIZE = 64


@dataclass(frozen=True, eq=False)
class FedOperands:
    """What the multiplier of one layer is fed.

    Attributes:
        distribution: of the codes that it multiplies; None if all weights are skipped.
        share: of the multiplications; the others meet a weight that is skipped.
    """

    distribution: OperandDistribution | None
    share: float


def fed_operands(layer: EmulatedLayer) -> FedOperands:
    """Count the codes that meet the multiplier of a calibrated layer, as it is tuned.

    Activations are counted as in calibration, padding included. A weight is skipped if it is 0
    with `sign_magnitude`.

    Raises:
        QuantizationError: if the layer is not calibrated.
    """
    _check_calibrated(layer.name, layer)
    counts = _weight_counts(layer)
    share = float(counts.sum() / layer._filters().weights.fed.numpy().size)
    if not share:
        return FedOperands(None, 0.0)
    activations = keras.ops.convert_to_numpy(layer.input_histogram)
    return FedOperands(OperandDistribution(activations, counts), share)


def operand_distribution(
    model: keras.Model, layers: str | Sequence[str] = "*"
) -> OperandDistribution:
    """Count the codes that meet the multipliers of some layers of a calibrated model.

    Activations are counted as in calibration, padding included. A weight that is skipped, 0 with
    `sign_magnitude`, is not counted. Layers count by their multiplications; that operands of the
    same layer occur together is lost where there are several. Images of any size are taken to be
    of 64 x 64 pixels for that.

    Args:
        model: with approximate layers, as `approximate` returns it.
        layers: names, paths ("block/conv") or shell patterns.

    Raises:
        UnknownNameError: if a name or pattern fits no approximate layer.
        QuantizationError: if a layer is not calibrated, or signed and unsigned are mixed.
    """
    found = emulated_layers(model)
    chosen = _chosen(found, [layers] if isinstance(layers, str) else layers)
    if len({layer.signed for layer in chosen.values()}) > 1:
        raise QuantizationError(
            f"layers {', '.join(chosen)} have signed and unsigned multipliers, whose codes mean "
            "different numbers; choose layers of one kind"
        )
    multiplications = _multiplications(model)
    activations, weights = np.zeros(256), np.zeros(256)
    for path, layer in chosen.items():
        _check_calibrated(path, layer)
        counts = _weight_counts(layer)
        if path not in multiplications:
            raise QuantizationError(
                f"layer {path!r} is inside a layer whose work is not known, so its "
                "multiplications cannot be counted; leave it out"
            )
        share = multiplications[path]
        activations += share * np.asarray(keras.ops.convert_to_numpy(layer.input_histogram))
        weights += share * counts / max(counts.sum(), 1.0)
    return OperandDistribution(activations, weights)


def _chosen(found: dict[str, EmulatedLayer], patterns: Sequence[str]) -> dict[str, EmulatedLayer]:
    for pattern in patterns:
        if not any(_fits(path, pattern) for path in found):
            raise UnknownNameError(
                f"no approximate layer fits {pattern!r}; known: {', '.join(found) or 'none'}"
            )
    return {
        path: layer
        for path, layer in found.items()
        if any(_fits(path, pattern) for pattern in patterns)
    }


def _fits(path: str, pattern: str) -> bool:
    return fnmatchcase(path, pattern) or path.rpartition("/")[2] == pattern


def _check_calibrated(path: str, layer: EmulatedLayer) -> None:
    if not layer.calibrated:
        raise QuantizationError(
            f"layer {path!r} is not calibrated, so its activations are unknown; call "
            "evoapproxnas.emulation.calibrate(model, data) first"
        )


def _weight_counts(layer: EmulatedLayer) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return how many weights feed each code to the multiplier; float64 (256,)."""
    weights = layer._filters().weights
    fed = weights.fed.numpy()[weights.signs.numpy() != 0]
    return np.bincount(fed.ravel(), minlength=256).astype(np.float64)


def _multiplications(model: keras.Model) -> Mapping[str, int]:
    """Return the multiplications of each layer in one inference, padding included."""
    shapes = [tuple(size or _UNKNOWN_SIZE for size in tensor.shape[1:]) for tensor in model.inputs]
    return keras_workload(model, input_shapes=shapes).multiplications
