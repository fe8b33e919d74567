"""What a search for assignments is about, and what all its parts need."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import keras
import numpy.typing as npt

from evoapproxnas.emulation import Calibration
from evoapproxnas.multipliers import Multiplier
from evoapproxnas.resilience.assignment_records import AssignOptions
from evoapproxnas.resilience.circuits import exact_multiplier
from evoapproxnas.resilience.measured import Labelled, Split, labelled, measure_ranges
from evoapproxnas.resilience.network import EmulatedNetwork, Quantization
from evoapproxnas.training import Dataset

Observer = Callable[[str, str, int, int], None]
"""Is told the stage, what was done, how much of the stage is done, and of how much."""


@dataclass(frozen=True, eq=False)
class Study:
    """A trained network, the multipliers to choose from, and where measurements are kept.

    Attributes:
        model: a classifier.
        dataset: what it was trained on.
        options: of the search.
        multipliers: the choices of a layer by falling power, the exact one among them.
        folder: None keeps measurements in memory.
        tell: is told what happens.
    """

    model: keras.Model
    dataset: Dataset
    options: AssignOptions
    multipliers: tuple[Multiplier, ...]
    folder: Path | None
    tell: Observer

    @cached_property
    def exact(self) -> Multiplier:
        """The exact multiplier of the signedness."""
        return exact_multiplier(signed=self.multipliers[0].signed)

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Where each multiplier is among the choices, by name."""
        return {m.name: i for i, m in enumerate(self.multipliers)}

    @cached_property
    def calibration(self) -> Calibration:
        """Ranges of activations, measured once."""
        return measure_ranges(
            self.model,
            self.dataset,
            images=self.options.calibration_images,
            pixel_scale=self.options.pixel_scale,
        )

    def data(self, split: Split) -> Labelled:
        """Return the images that the options ask for.

        Raises:
            DatasetError: if there are fewer.
        """
        images = self.options.test_images if split == "test" else self.options.images
        return labelled(self.dataset, split, images=images, pixel_scale=self.options.pixel_scale)

    def network(self, images: npt.NDArray[Any]) -> EmulatedNetwork:
        """Return the network on these images.

        Raises:
            QuantizationError: if there is nothing in the model to choose for.
        """
        options = self.options
        return EmulatedNetwork(
            self.model,
            self.calibration,
            images,
            exact=self.exact,
            quantization=Quantization(
                weight_scheme=options.weight_scheme,
                error_correction=options.error_correction,
                tune_weights=options.tune_weights,
            ),
            include_dense=options.include_dense,
        )

    def assignment(self, names: Mapping[str, str]) -> dict[str, Multiplier]:
        """Return the multipliers of names, by path."""
        return {path: self.multipliers[self.positions[name]] for path, name in names.items()}
