"""The fast level: a front of multiplier assignments for one trained network."""

from collections.abc import Mapping, Sequence

import keras

from evoapproxnas.config import RunConfig
from evoapproxnas.multipliers import MultiplierChoice, load_library
from evoapproxnas.networks import Network
from evoapproxnas.objectives import Subject, measure
from evoapproxnas.problems.cnn.pricing import price
from evoapproxnas.records import Point
from evoapproxnas.resilience.quick import QuickOptions, quick_front
from evoapproxnas.training import Dataset

MOST_GAIN = 0.02
"""An assignment may be so much more accurate than exact 8-bit, by the chance of few images."""
_WITHOUT_MULTIPLIERS = {"macs", "parameters"}
"""Figures that are the same whatever the assignment."""


def front_of_assignments(
    model: keras.Model,
    network: Network,
    data: Dataset,
    config: RunConfig,
    *,
    choices: Sequence[str],
    baselines: Mapping[str, float],
    known: Sequence[Mapping[str, str]],
    seed: int,
) -> list[Point]:
    """Search assignments for a trained network by emulation.

    A network that is far beyond the run's limit of `error` with exact 8-bit products gets no front
    where assignments decide no other limit: none would bring it within, and all that are beyond a
    limit are told apart by how far alone.

    Args:
        model: trained.
        network: what it is of; its own assignment is among those that are measured if its layers
            may have it.
        data: the validation split decides.
        config: of the run.
        choices: what a layer chooses from.
        baselines: figures that all points have.
        known: assignments that are measured as well, by layer.
        seed: decides the search.

    Returns:
        The non-dominated points; exact 8-bit everywhere is the first of what was measured.
    """
    options = config.assignment
    library = load_library()
    found = quick_front(
        model,
        [MultiplierChoice.of(name, library=library) for name in choices],
        calibration_images=data.x_train[: config.quantization.calibration_images],
        images=data.x_val[: options.images],
        labels=data.y_val[: options.images],
        quantization=config.quantization.value,
        options=QuickOptions(
            sensitivity_images=options.sensitivity_images,
            verify=options.verify,
            max_loss_points=options.max_loss_points,
            least_accuracy=_least_accuracy(config.search.limits),
        ),
        known=[network.assignment, *known],
        seed=seed,
    )
    figures = {**baselines, "exact8_error": 1.0 - found.points[0].accuracy}
    return [
        point_of(network.with_assignment(point.multipliers), point.accuracy, figures, config)
        for point in found.points
        if point.front
    ]


def _least_accuracy(limits: Mapping[str, float]) -> float:
    """Return what exact 8-bit needs for a front; 0 where circuits decide another limit."""
    if set(limits) - _WITHOUT_MULTIPLIERS != {"error"}:
        return 0.0
    return 1.0 - limits["error"] - MOST_GAIN


def point_of(
    network: Network, accuracy: float, baselines: Mapping[str, float], config: RunConfig
) -> Point:
    """Make a point of a network with its multipliers and the accuracy that came of them."""
    library = load_library()
    subject = Subject(
        network,
        library,
        config.quantization.exact_multiplier,
        config.quantization.control_variate,
        accuracy,
    )
    figures = {
        **price(network, library, config),
        **measure(subject, config, cost="trained"),
        **baselines,
    }
    return Point(figures, network.assignment)
