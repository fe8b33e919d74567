"""One trained network, emulated under one assignment of multipliers after another."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from evoapproxnas.emulation import ApproxDense, Calibration, approximate, conversion_report
from evoapproxnas.emulation.calibration.operand_histograms import FedOperands, fed_operands
from evoapproxnas.emulation.conversion.interchange import CACHE_BYTES, InterchangeableModel
from evoapproxnas.errors import QuantizationError
from evoapproxnas.multipliers import Multiplier
from evoapproxnas.quantization import WeightScheme, resolve_scheme


@dataclass(frozen=True)
class Quantization:
    """How a network is quantized; the options of `approximate` of the same names.

    Attributes:
        weight_scheme: None chooses by the signedness of the multiplier.
        error_correction: see `approximate`.
        bits: width of activations and weights.
        tune_weights: see `approximate`.
    """

    weight_scheme: WeightScheme | None = None
    error_correction: bool = True
    bits: int = 8
    tune_weights: bool = False

    def scheme(self, *, signed: bool) -> str:
        """Return the weight scheme for multipliers of a signedness."""
        return resolve_scheme(self.weight_scheme, signed=signed)


@dataclass(frozen=True)
class NetworkLayer:
    """A layer of the network that a multiplier is for.

    Attributes:
        path: its name for `approximate`.
        multiplications: for one image, padding included, by path of the approximate layers it
            consists of: itself, or two if it is separable.
    """

    path: str
    multiplications: Mapping[str, int]


class EmulatedNetwork:
    """A trained network on fixed images, whose convolutions get one assignment after another.

    Dense layers keep the exact multiplier unless they are included.

    Attributes:
        layers: those whose multiplier can be chosen, in the order of the network.
        fixed: the others, which are always exact.
        exact: the multiplier of layers that get no other.
        quantization: the same for all assignments.
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
        self.quantization = quantization
        self.stays_exact = tuple(x for x in report.layers if x.action == "exact")
        self._model = InterchangeableModel(converted, calibration, images, cache_bytes=cache_bytes)
        counts = self._model.multiplications()
        layers: list[NetworkLayer] = []
        fixed: list[NetworkLayer] = []
        for path in report.paths("approximated"):
            parts = {p: n for p, n in counts.items() if p == path or p.startswith(f"{path}/")}
            dense = isinstance(self._model.layers[next(iter(parts))], ApproxDense)
            found = fixed if dense and not include_dense else layers
            found.append(NetworkLayer(path, parts))
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
        self._assign(assignment)
        return self._model.predict(first, last)

    def fed_operands(self, multiplier: Multiplier) -> dict[str, FedOperands]:
        """Return what a multiplier is fed in each layer that can have it.

        Args:
            multiplier: used in all of these; weights are tuned to it, where they are tuned.

        Returns:
            By path of the approximate layer.
        """
        self._assign(self.uniform(multiplier))
        exact = multiplier.digest == self.exact.digest
        layers = (*self.layers, *self.fixed) if exact else self.layers
        return {
            path: fed_operands(self._model.layers[path])
            for layer in layers
            for path in layer.multiplications
        }

    def uniform(self, multiplier: Multiplier) -> dict[str, Multiplier]:
        """Return the assignment of one multiplier to every layer that is chosen for."""
        return {layer.path: multiplier for layer in self.layers}

    def _assign(self, assignment: Mapping[str, Multiplier]) -> None:
        self._model.assign(
            {
                path: assignment.get(layer.path, self.exact)
                for layer in self.layers
                for path in layer.multiplications
            }
        )


def _check_layers(model: keras.Model, layers: tuple[NetworkLayer, ...], report: Any) -> None:
    if not layers:
        raise QuantizationError(
            f"model {model.name!r} has no convolution that can be approximated:\n{report}\n"
            "give a network with Conv2D, DepthwiseConv2D, ... layers, or include its dense layers"
        )
