"""One set of weights, several assignments of multipliers: operating points of a model.

Names follow networks whose width is switched (Yu et al., "Slimmable Neural Networks", ICLR 2019)
and QoS-Nets, which do it with approximate multipliers. Weights are shared; what is estimated for
each point is what calibration and batch normalization know of activations: ranges, histograms, and
with these expected errors, control variates and tuned weights; and, for each output channel, a
factor and a shift that bring mean and variance of the layer's sums back to those of exact 8-bit
multiplication. That is what a folded batch normalization does with statistics of the point, and
one that is not folded sees what it saw in training.
"""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from evoapproxnas.emulation.calibration.batches import batches, check_model
from evoapproxnas.emulation.calibration.input_statistics import InputStatistics
from evoapproxnas.emulation.calibration.observation import (
    Calibration,
    apply_calibration,
    emulated_layers,
    measure,
)
from evoapproxnas.emulation.calibration.range_methods import RangeMethod, resolve_range_method
from evoapproxnas.emulation.conversion.assignment import (
    Assignment,
    PointAssignments,
    resolve_assignment,
)
from evoapproxnas.emulation.conversion.convert import converted_model
from evoapproxnas.emulation.layers import EmulatedLayer
from evoapproxnas.emulation.points import (
    check_points,
    operating_point,
    operating_points,
    set_operating_point,
    switched_layers,
    with_switch,
)
from evoapproxnas.emulation.serving import served_as_predicted
from evoapproxnas.errors import QuantizationError
from evoapproxnas.multipliers import MultiplierChoice
from evoapproxnas.private_apis import letting_go
from evoapproxnas.quantization import Quantization

Moments = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]
"""Mean and standard deviation of each output channel."""
MOST_FACTOR = 2.0
"""Largest change of a channel's scale, up or down: more is noise of few images."""
MOST_IMAGES = 512
"""Statistics of a layer need all images at once, after those of the layers before it."""
_TINY = 1e-6


def with_operating_points(
    model: keras.Model, points: Mapping[str, Assignment], data: Any, **options: Any
) -> keras.Model:
    """Return a copy of a model with several assignments of multipliers, one active at a time.

    The first one is active; `model.set_operating_point(name)`, or the function of that name,
    switches. The model is saved and loaded as any other, with all points.

    Args:
        model: as for `approximate`.
        points: by name, each as `multiplier` of `approximate`. A layer that only some points
            give a multiplier is exact in 8 bits at the others.
        data: some hundred images, as for `calibrate`; of arrays at most `MOST_IMAGES` are used, of
            batches the first one.
        **options: of `approximate`, but for `batch_size`; the same for all points.

    Raises:
        UnknownNameError: as `approximate` does.
        QuantizationError: likewise, and if there is no point or no image.
    """
    check_model(model)
    if not isinstance(points, Mapping) or not points:
        raise QuantizationError(
            "expected the assignments of operating points by name, such as "
            f"{{'high': 'mul8u_exact', 'low': 'mul8u_or8_v6'}}, got {points!r:.60}"
        )
    if isinstance(data, Calibration):
        raise QuantizationError(
            "operating points are estimated on images, got a Calibration, which is that of exact "
            "multiplication; give the images that it was measured on"
        )
    quantization = Quantization.from_dict(options)
    assignments = {
        str(name): resolve_assignment(model, given, widths=quantization.widths)
        for name, given in points.items()
    }
    converted = converted_model(model, PointAssignments(assignments), quantization)
    estimate_operating_points(converted, data, range_method=quantization.range_method)
    return with_switch(served_as_predicted(converted))


def estimate_operating_points(
    model: keras.Model, data: Any, *, range_method: str | RangeMethod = "minmax"
) -> None:
    """Estimate all that differs from point to point, in place, as after a training.

    Args:
        model: with operating points; the active one stays so.
        data: as for `with_operating_points`.
        range_method: as for `calibrate`.

    Raises:
        QuantizationError: if the model has no points, or the data cannot be used.
        UnknownNameError: for an unknown method.
    """
    check_points(model)
    method, active = resolve_range_method(range_method), operating_point(model)
    images = next(batches(model, data, MOST_IMAGES), None)
    if images is None:
        raise QuantizationError("operating points are estimated on images, got none")
    calibration = measure(model, images, batch_size=MOST_IMAGES)
    targets = _exact_moments(model, images, calibration, method)
    for name in operating_points(model):
        set_operating_point(model, name)
        _estimate(model, images, targets, method)
        for layer in switched_layers(model):
            layer.store_point()
    set_operating_point(model, active)


def _exact_moments(
    model: keras.Model, images: Any, calibration: Calibration, method: RangeMethod
) -> dict[str, Moments]:
    """Return the moments of all layers with the exact 8-bit multiplier; switch afterwards."""
    for layer in switched_layers(model):
        exact = MultiplierChoice.exact(signed=layer.signed)
        layer.set_multipliers(exact.multiplier)
        layer.quantization = layer.quantization.with_widths(*exact.widths)
        _correct(layer, 1.0, 0.0)
    apply_calibration(model, calibration, method)
    found: dict[str, Moments] = {}

    def seen(path: str, layer: EmulatedLayer, x: tf.Tensor) -> tf.Tensor:
        outputs = layer._emulate(x, layer._filters(), layer._frozen())
        found.setdefault(path, _moments(outputs))
        return outputs

    _run(model, images, seen)
    return found


def _estimate(
    model: keras.Model, images: Any, targets: Mapping[str, Moments], method: RangeMethod
) -> None:
    """Estimate the active point: a layer after those before it, at its first call."""
    done: set[str] = set()

    def corrected(path: str, layer: EmulatedLayer, x: tf.Tensor) -> tf.Tensor:
        if path not in done:
            done.add(path)
            _calibrate(layer, x, method)
            _correct(layer, 1.0, 0.0)
            mean, deviation = _moments(layer._emulate(x, layer._filters(), layer._frozen()))
            wanted_mean, wanted = targets[path]
            known = np.minimum(deviation, wanted) > _TINY
            factor = np.where(known, wanted / np.maximum(deviation, _TINY), 1.0)
            factor = factor.clip(1 / MOST_FACTOR, MOST_FACTOR)
            _correct(layer, factor, wanted_mean - factor * mean)
        return layer._emulate(x, layer._filters(), layer._frozen())

    _run(model, images, corrected)


def _calibrate(layer: EmulatedLayer, x: tf.Tensor, method: RangeMethod) -> None:
    share = layer.padded_share(x.shape)
    layer.set_statistics(InputStatistics.of(x.numpy(), padded_share=share), method)


def _correct(layer: EmulatedLayer, factor: Any, shift: Any) -> None:
    for variable, value in ((layer.output_factor, factor), (layer.output_shift, shift)):
        variable.assign(np.broadcast_to(np.float32(value), variable.shape))


def _moments(outputs: tf.Tensor) -> Moments:
    axes = tuple(range(outputs.ndim - 1))
    values = outputs.numpy()
    return values.mean(axis=axes, dtype=np.float64), values.std(axis=axes, dtype=np.float64)


def _run(model: keras.Model, images: Any, compute: Any) -> None:
    """Run a model eagerly, its switched layers as `compute` says for path, layer and input."""
    paths = {id(layer): path for path, layer in emulated_layers(model).items()}
    layers = switched_layers(model)
    for layer in layers:
        layer._stand_in = lambda layer, x: compute(paths[id(layer)], layer, x)
    try:
        with letting_go(model):
            model(images, training=False)
    finally:
        for layer in layers:
            layer._stand_in = None
