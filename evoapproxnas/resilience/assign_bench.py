"""The model on its images, for the search for assignments, and what all its parts need."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import keras
import numpy.typing as npt

from evoapproxnas.emulation import Calibration
from evoapproxnas.multipliers import LayerChoice, MultiplierChoice, layer_choice
from evoapproxnas.resilience.assignment_records import AssignOptions
from evoapproxnas.resilience.channel_groups import IMAGES, choose_channel_groups
from evoapproxnas.resilience.measured import Labelled, Split, labelled, measure_ranges
from evoapproxnas.resilience.network import EmulatedNetwork
from evoapproxnas.resilience.units import LayerGroups
from evoapproxnas.training import Dataset
from evoapproxnas.training.classifier import as_inputs

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
            channel_groups=self.channel_groups,
        )

    @cached_property
    def channel_groups(self) -> LayerGroups:
        """The groups of channels that get multipliers, of layers that have several.

        Raises:
            ConfigError: if so many groups do not divide the channels of a layer.
        """
        options = self.options
        if options.groups == 1:
            return {}
        images = self.dataset.x_train[: min(IMAGES, options.calibration_images)]
        return choose_channel_groups(
            self.model,
            self.calibration,
            as_inputs(self.model, images, pixel_scale=options.pixel_scale),
            choices=self.choices,
            exact=self.exact,
            quantization=options.quantization,
            groups=options.groups,
            folder=self.folder,
        )

    def assignment(self, names: Mapping[str, str]) -> dict[str, LayerChoice]:
        """Return the choices of texts, by path."""
        known = {choice.multiplier.name: choice.multiplier for choice in self.choices}
        return {path: layer_choice(name, library=known) for path, name in names.items()}
