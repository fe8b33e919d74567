"""The model on its images, for the search for assignments, and what all its parts need."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import keras
import numpy.typing as npt

from evoapproxnas.emulation import Calibration
from evoapproxnas.multipliers import MultiplierChoice
from evoapproxnas.resilience.assignment_records import AssignOptions
from evoapproxnas.resilience.measured import Labelled, Split, labelled, measure_ranges
from evoapproxnas.resilience.network import EmulatedNetwork
from evoapproxnas.training import Dataset

Observer = Callable[[str, str, int, int], None]
"""Is told the stage, what was done, how much of the stage is done, and of how much."""


@dataclass(frozen=True, eq=False)
class AssignBench:
    """A trained network, what its layers choose from, and where measurements are kept.

    Attributes:
        model: a classifier.
        dataset: what it was trained on.
        options: of the search.
        choices: of a layer by falling power, exact 8-bit among them.
        folder: None keeps measurements in memory.
        tell: is told what happens.
    """

    model: keras.Model
    dataset: Dataset
    options: AssignOptions
    choices: tuple[MultiplierChoice, ...]
    folder: Path | None
    tell: Observer

    @cached_property
    def exact(self) -> MultiplierChoice:
        """Exact 8-bit, of the signedness of the choices."""
        return MultiplierChoice.exact(signed=self.choices[0].multiplier.signed)

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Where each of the choices is, by its text."""
        return {choice.name: i for i, choice in enumerate(self.choices)}

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
        options = self.options
        images = options.test_images if split == "test" else options.images
        return labelled(
            self.model, self.dataset, split, images=images, pixel_scale=options.pixel_scale
        )

    def network(self, images: npt.NDArray[Any]) -> EmulatedNetwork:
        """Return the network on these images.

        Raises:
            QuantizationError: if there is nothing in the model to choose for.
        """
        return EmulatedNetwork(
            self.model,
            self.calibration,
            images,
            exact=self.exact,
            quantization=self.options.quantization,
            include_dense=self.options.include_dense,
        )

    def assignment(self, names: Mapping[str, str]) -> dict[str, MultiplierChoice]:
        """Return the choices of texts, by path."""
        return {path: self.choices[self.positions[name]] for path, name in names.items()}
