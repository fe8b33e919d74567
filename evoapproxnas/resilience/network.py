"""One trained network, emulated under one assignment of multipliers after another."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from evoapproxnas.emulation import ApproxDense, Calibration, approximate, conversion_report
from evoapproxnas.emulation.interchange import CACHE_BYTES, InterchangeableModel
from evoapproxnas.errors import MultiplierError, QuantizationError
from evoapproxnas.multipliers import Multiplier

PICOJOULES = 1000.0
"""In a nanojoule."""


@dataclass(frozen=True)
class Quantization:
    """How a network is quantized; the options of `approximate` of the same names.

    Attributes:
        weight_scheme: None chooses by the signedness of the multiplier.
        error_correction: see `approximate`.
        bits: width of activations and weights.
        tune_weights: see `approximate`.
    """

    weight_scheme: str | None = None
    error_correction: bool = True
    bits: int = 8
    tune_weights: bool = False


@dataclass(frozen=True)
class NetworkLayer:
    """A layer whose multiplier can be chosen.

    Attributes:
        path: its name for `approximate`.
        parts: paths of the approximate layers it consists of, two if it is separable.
        multiplications: for one image, padding included.
    """

    path: str
    parts: tuple[str, ...]
    multiplications: int


class EmulatedNetwork:
    """A trained network on fixed images, whose convolutions get one assignment after another.

    Dense layers keep the exact multiplier unless they are included.

    Attributes:
        layers: those whose multiplier can be chosen, in the order of the network.
        fixed: paths of the others, which are always exact.
        stays_exact: what `approximate` cannot replace, with the reason.
    """

    def __init__(
        self,
        model: keras.Model,
        calibration: Calibration,
        images: npt.NDArray[Any],
        *,
        exact: Multiplier,
        quantization: Quantization,
        include_dense: bool = False,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        """Convert the model once, with the exact multiplier everywhere.

        Args:
            model: a functional or Sequential classifier.
            calibration: what `observe` measured on it.
            images: as the model takes them.
            exact: the exact multiplier of the signedness and width that is emulated.
            quantization: the same for all assignments.
            include_dense: whether dense layers are chosen for, too.
            cache_bytes: memory for reuse between assignments.

        Raises:
            QuantizationError: if the model has no layer to choose for.
        """
        converted = approximate(
            model,
            exact,
            calibration,
            weight_scheme=quantization.weight_scheme,
            error_correction=quantization.error_correction,
            activation_bits=quantization.bits,
            weight_bits=quantization.bits,
            tune_weights=quantization.tune_weights,
        )
        report = conversion_report(converted)
        self.exact = exact
        self.stays_exact = tuple(x for x in report.layers if x.action == "exact")
        self._model = InterchangeableModel(converted, calibration, images, cache_bytes=cache_bytes)
        counts = self._model.multiplications()
        self._fixed_multiplications = 0
        layers, fixed = [], []
        for path in report.paths("approximated"):
            parts = tuple(p for p in counts if p == path or p.startswith(f"{path}/"))
            count = sum(counts[part] for part in parts)
            dense = isinstance(self._model.layers[parts[0]], ApproxDense)
            if dense and not include_dense:
                self._fixed_multiplications += count
                fixed.append(path)
            else:
                layers.append(NetworkLayer(path, parts, count))
        self.layers, self.fixed = tuple(layers), tuple(fixed)
        _check_layers(model, self.layers, report)

    def outputs(
        self, assignment: Mapping[str, Multiplier], first: int = 0, last: int | None = None
    ) -> npt.NDArray[np.float32]:
        """Return the model's outputs for images `first` to `last`.

        Args:
            assignment: by path of the layer; layers it does not name are exact.
            first: outputs of layers are reused between calls with the same first image.
            last: exclusive; None is all.
        """
        self._model.assign(
            {p: assignment.get(x.path, self.exact) for x in self.layers for p in x.parts}
        )
        return self._model.predict(first, last)

    def energy_nj(self, assignment: Mapping[str, Multiplier]) -> float:
        """Return the multiplier energy of one inference; layers it does not name are exact.

        Raises:
            MultiplierError: if the power of a multiplier is unknown.
        """
        total = self._fixed_multiplications * energy_pj(self.exact)
        for layer in self.layers:
            total += layer.multiplications * energy_pj(assignment.get(layer.path, self.exact))
        return total / PICOJOULES

    def uniform(self, multiplier: Multiplier) -> dict[str, Multiplier]:
        """Return the assignment of one multiplier to every layer that is chosen for."""
        return {layer.path: multiplier for layer in self.layers}


def energy_pj(multiplier: Multiplier) -> float:
    """Return the energy of one multiplication.

    Raises:
        MultiplierError: if it is unknown.
    """
    if multiplier.energy_pj is None:
        raise MultiplierError(
            f"multiplier {multiplier.name!r} has no power figure, so its energy is unknown; give "
            "power_uw when making it, or import it as a circuit"
        )
    return multiplier.energy_pj


def _check_layers(model: keras.Model, layers: tuple[NetworkLayer, ...], report: Any) -> None:
    if not layers:
        raise QuantizationError(
            f"model {model.name!r} has no convolution that can be approximated:\n{report}\n"
            "give a network with Conv2D, DepthwiseConv2D, ... layers, or include its dense layers"
        )
