"""One trained network, emulated under one assignment of multipliers after another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from evoapproxnas.emulation import ApproxDense, Calibration, conversion_report
from evoapproxnas.emulation.calibration.operand_histograms import FedOperands, fed_operands
from evoapproxnas.emulation.calibration.range_methods import resolve_range_method
from evoapproxnas.emulation.conversion.convert import approximate_and_observe
from evoapproxnas.emulation.conversion.interchange import CACHE_BYTES, InterchangeableModel
from evoapproxnas.emulation.conversion.kept_errors import (
    kept_by_channel,
    kept_errors,
    output_errors,
)
from evoapproxnas.errors import QuantizationError
from evoapproxnas.hardware.keras_workload import keras_workload
from evoapproxnas.multipliers import FilterGroups, LayerChoice, MultiplierChoice
from evoapproxnas.quantization import Quantization
from evoapproxnas.resilience.options import check_ranges
from evoapproxnas.resilience.scores import Scores, scores
from evoapproxnas.resilience.units import LayerGroups, units_of
from evoapproxnas.training.classifier import gives_probabilities

Assignment = Mapping[str, LayerChoice]
"""What layers multiply with, by path."""
_NO_GROUPS: LayerGroups = {}


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
        units: what a multiplier is chosen for: the layers, or the groups of their channels.
        exact: what layers have that get nothing else.
        quantization: the same for all assignments, but for the widths of their choices.
        workload: what its layers multiply.
        stays_exact: what `approximate` cannot replace, with the reason.
    """

    def __init__(
        self,
        model: keras.Model,
        calibration: Calibration | npt.NDArray[Any],
        images: npt.NDArray[Any],
        *,
        exact: MultiplierChoice,
        quantization: Quantization,
        include_dense: bool = False,
        may_be_fixed: bool = False,
        cache_bytes: int = CACHE_BYTES,
        channel_groups: LayerGroups = _NO_GROUPS,
    ) -> None:
        """Convert the model once, with the exact multiplier everywhere.

        Args:
            model: a functional or Sequential classifier.
            calibration: what `observe` measured on it, or the images to do so.
            images: as the model takes them.
            exact: the exact multiplier of the signedness and widths that are emulated.
            quantization: the same for all assignments; its widths are those of the choices.
            include_dense: whether dense layers are chosen for, too.
            may_be_fixed: whether a model without a layer to choose for is let through.
            cache_bytes: memory for reuse between assignments.
            channel_groups: of layers whose groups have multipliers of their own.

        Raises:
            QuantizationError: if the model has no layer to choose for, or ranges are to be those
                of batches, which are no property of a network.
        """
        check_ranges(quantization)
        everywhere = _exact_in(channel_groups, exact)
        converted, calibration = approximate_and_observe(
            model, everywhere, calibration, quantization
        )
        report = conversion_report(converted)
        self.exact = exact
        self.quantization = quantization
        self.workload = keras_workload(converted, input_shapes=[images.shape[1:]])
        self.stays_exact = tuple(x for x in report.layers if x.action == "exact")
        self._probabilities = gives_probabilities(model) or None
        self._model = InterchangeableModel(
            converted,
            calibration,
            images,
            range_method=resolve_range_method(quantization.range_method),
            cache_bytes=cache_bytes,
        )
        layers: list[NetworkLayer] = []
        fixed: list[NetworkLayer] = []
        for path in report.paths("approximated"):
            parts = self.workload.parts(path)
            dense = isinstance(self._model.layers[next(iter(parts))], ApproxDense)
            found = fixed if dense and not include_dense else layers
            found.append(NetworkLayer(path, parts))
        self.layers, self.fixed = tuple(layers), tuple(fixed)
        self.units = units_of({x.path: x.multiplications for x in layers}, channel_groups)
        if not may_be_fixed:
            _check_layers(model, self.layers, report)

    def kept_errors(self, choices: Sequence[MultiplierChoice]) -> npt.NDArray[np.float64]:
        """Predict what layers keep of the errors of multipliers; see the function of that name.

        Returns:
            (layers, choices); only ratios within a layer count.
        """
        kept = [
            sum(kept_errors(self._model.exchanged[path], choices) for path in x.multiplications)
            for x in self.layers
        ]
        return np.array(kept).reshape(len(self.layers), len(choices))

    def output_errors(
        self, choices: Sequence[MultiplierChoice]
    ) -> dict[str, npt.NDArray[np.float64]]:
        """Predict the variances of what multipliers add to the outputs of layers.

        Returns:
            (choices,) by path of the approximate layers that are chosen for.
        """
        return {
            path: output_errors(self._model.exchanged[path], choices)
            for layer in self.layers
            for path in layer.multiplications
        }

    def kept_by_channel(
        self, path: str, choices: Sequence[MultiplierChoice]
    ) -> npt.NDArray[np.float64]:
        """Predict what the output channels of a layer keep, (choices, channels).

        Args:
            path: of a layer that is not separable.
            choices: as for `kept_errors`.
        """
        return kept_by_channel(self._model.exchanged[path], choices)

    def scores(self, assignment: Assignment, first: int = 0, last: int | None = None) -> Scores:
        """Return the scores of images `first` to `last`; see `scores.scores`.

        Args:
            assignment: by path of the layer; layers it does not name are exact.
            first: outputs of layers are reused between calls with the same first image.
            last: exclusive; None is all.
        """
        self._assign(assignment)
        return scores(self._model.predict(first, last), probabilities=self._probabilities)

    def fed_operands(self, choice: MultiplierChoice) -> dict[str, FedOperands]:
        """Return what a multiplier is fed in each layer that can have it.

        Args:
            choice: used in all of these; weights are tuned to it, where they are tuned.

        Returns:
            By path of the approximate layer.
        """
        self._assign(self.uniform(choice))
        exact = choice.key == self.exact.key
        layers = (*self.layers, *self.fixed) if exact else self.layers
        return {
            path: fed_operands(self._model.layers[path])
            for layer in layers
            for path in layer.multiplications
        }

    def uniform(self, choice: MultiplierChoice) -> dict[str, MultiplierChoice]:
        """Return the assignment of one multiplier to every layer that is chosen for."""
        return {layer.path: choice for layer in self.layers}

    def whole(self, assignment: Assignment) -> dict[str, LayerChoice]:
        """Return an assignment with the layers that it does not name, which are exact."""
        layers = (*self.layers, *self.fixed)
        return {layer.path: assignment.get(layer.path, self.exact) for layer in layers}

    def _assign(self, assignment: Assignment) -> None:
        self._model.assign(
            {
                path: assignment.get(layer.path, self.exact)
                for layer in self.layers
                for path in layer.multiplications
            }
        )


def _exact_in(groups: LayerGroups, exact: MultiplierChoice) -> Any:
    """Return the assignment of the exact multiplier, with the groups of layers that have some."""
    if not groups:
        return exact
    named = {
        path: FilterGroups((exact,) * len(found), tuple(found)) if len(found) > 1 else exact
        for path, found in groups.items()
    }
    return {**named, "*": exact}


def _check_layers(model: keras.Model, layers: tuple[NetworkLayer, ...], report: Any) -> None:
    if not layers:
        raise QuantizationError(
            f"model {model.name!r} has no convolution that can be approximated:\n{report}\n"
            "give a network with Conv2D, DepthwiseConv2D, ... layers, or include its dense layers"
        )
