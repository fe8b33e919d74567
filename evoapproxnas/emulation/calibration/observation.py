"""Calibration: one pass of data through the exact network, watched at every approximate layer."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import keras
import tensorflow as tf

from evoapproxnas.emulation.calibration.batches import batches, check_batch, check_model
from evoapproxnas.emulation.calibration.input_statistics import InputStatistics
from evoapproxnas.emulation.calibration.range_methods import RangeMethod, resolve_range_method
from evoapproxnas.emulation.layers import EmulatedLayer
from evoapproxnas.errors import QuantizationError
from evoapproxnas.private_apis import letting_go, sublayers


@dataclass(frozen=True)
class Calibration:
    """The input statistics of a model's layers, by path ("block/conv" inside nested models).

    It depends on the network and the data, not on a multiplier, a weight scheme or a method.

    Attributes:
        inputs: statistics of each layer's inputs, by path.
    """

    inputs: Mapping[str, InputStatistics]

    @property
    def dead(self) -> tuple[str, ...]:
        """Paths of the layers whose inputs were always 0, as after a ReLU that never fires."""
        return tuple(path for path, seen in self.inputs.items() if seen.always_zero)


def calibrate(
    model: keras.Model,
    data: Any,
    *,
    batch_size: int = 128,
    range_method: str | RangeMethod = "minmax",
) -> Calibration:
    """Measure and freeze the activation ranges of a model's approximate layers, in place.

    Of a model with operating points they are those of the active one.

    Args:
        model: any Keras model with approximate layers.
        data: an array, (x, y), a list or dictionary of arrays for several inputs, or batches of
            these: a `tf.data.Dataset`, a generator, a list, any Keras data set. Of (x, y) only x
            is used; where the model declares its inputs, their number and shapes tell (x, y) from
            a pair of inputs. What has a length is read once, even if it would go on for ever.
        batch_size: images at a time, for arrays.
        range_method: how ranges follow from what was seen: "minmax", "percentile" (99.9 %),
            "moving_average" (momentum 0.9), or one of `range_methods` with other figures, such
            as `percentile(99.5)`.

    Returns:
        What was measured, for other conversions of the same network.

    Raises:
        QuantizationError: if the data has the wrong shape or is empty, or an activation is not
            finite, or the range of a layer has no width.
        UnknownNameError: for an unknown method.
    """
    method = resolve_range_method(range_method)
    calibration = measure(model, data, batch_size=batch_size)
    apply_calibration(model, calibration, method)
    return calibration


def measure(model: keras.Model, data: Any, *, batch_size: int = 128) -> Calibration:
    """Like `calibrate`, but leave the model as it is."""
    check_model(model)
    layers = emulated_layers(model)
    if not layers:
        raise QuantizationError(
            f"model {model.name!r} has no approximate layers to calibrate; convert it with "
            "approximate(model, multiplier=..., calibration_data=...)"
        )
    with _observed(layers) as observed:
        for batch in batches(model, data, batch_size):
            check_batch(model, batch)
            _run(model, batch, observed)
    collected = observed.inputs
    unseen = sorted(set(layers) - set(collected))
    if unseen:
        raise QuantizationError(
            f"the calibration data did not reach layers {unseen}; give at least one image, and "
            "a model whose call uses these layers"
        )
    return Calibration(collected)


def apply_calibration(model: keras.Model, calibration: Calibration, method: RangeMethod) -> None:
    """Freeze measured statistics in a model's approximate layers.

    Raises:
        QuantizationError: if a layer was not measured, or its range has no width, unless its
            input is always 0 and that of another layer is not.
    """
    if calibration.inputs and set(calibration.dead) == set(calibration.inputs):
        raise QuantizationError(
            f"layers {sorted(calibration.inputs)} have input ranges of zero width: all that they "
            "are given with the calibration data is 0; calibrate with other data"
        )
    for path, layer in emulated_layers(model).items():
        if path not in calibration.inputs:
            raise QuantizationError(
                f"the calibration has no layer {path!r}; it was made for another network with "
                f"layers {sorted(calibration.inputs)}"
            )
        layer.set_statistics(calibration.inputs[path], method)
        if layer.points:
            layer.store_point()


def emulated_layers(model: keras.Model) -> dict[str, EmulatedLayer]:
    """Return the approximate layers of a model and of what is nested in it, by path."""
    return dict(_walk(model, "", set()))


def _walk(parent: keras.Layer, prefix: str, seen: set[int]) -> Iterator[tuple[str, EmulatedLayer]]:
    """Yield approximate layers with their paths, each once."""
    for layer in parent.layers if isinstance(parent, keras.Model) else sublayers(parent):
        if id(layer) in seen:
            continue
        seen.add(id(layer))
        if isinstance(layer, EmulatedLayer):
            yield prefix + layer.name, layer
        else:
            yield from _walk(layer, f"{prefix}{layer.name}/", seen)


@contextmanager
def computing_exactly(model: keras.Model) -> Iterator[None]:
    """Let a model's approximate layers multiply in float while the context is open."""
    layers = emulated_layers(model).values()
    for layer in layers:
        layer._observer = lambda layer, inputs: None
    try:
        yield
    finally:
        for layer in layers:
            layer._observer = None


@dataclass
class _Observed:
    """What layers report: their inputs by path, and why one of them could not be observed."""

    inputs: dict[str, InputStatistics] = field(default_factory=dict)
    problem: QuantizationError | None = None


def _run(model: keras.Model, batch: Any, observed: _Observed) -> None:
    try:
        with letting_go(model):
            model(batch, training=False)
    except QuantizationError:
        if observed.problem is not None:
            raise observed.problem from None  # Keras has wrapped it in a text of its own.
        raise
    except (ValueError, tf.errors.InvalidArgumentError) as error:
        shapes = [tuple(array.shape) for array in keras.tree.flatten(batch)]
        raise QuantizationError(
            f"model {model.name!r} cannot be run on calibration data of shape {shapes}: {error}"
        ) from error


@contextmanager
def _observed(layers: Mapping[str, EmulatedLayer]) -> Iterator[_Observed]:
    """Let layers compute exactly and report their inputs while the context is open."""
    paths = {id(layer): path for path, layer in layers.items()}
    observed = _Observed()

    def observe(layer: EmulatedLayer, inputs: Any) -> None:
        path = paths[id(layer)]
        try:
            seen = _statistics(layer, inputs)
        except QuantizationError as error:
            observed.problem = QuantizationError(f"layer {path!r} {error}")
            raise observed.problem from error
        known = observed.inputs.get(path)
        observed.inputs[path] = seen if known is None else known.merged(seen)

    for layer in layers.values():
        layer._observer = observe
    try:
        yield observed
    finally:
        for layer in layers.values():
            layer._observer = None


def _statistics(layer: EmulatedLayer, inputs: Any) -> InputStatistics:
    """Return what one batch tells of a layer's inputs, or raise QuantizationError."""
    if not hasattr(inputs, "numpy"):
        raise QuantizationError(
            "runs inside a tf.function; calibrate with tf.config.run_functions_eagerly(True)"
        )
    share = layer.padded_share(inputs.shape)
    return InputStatistics.of(inputs.numpy(), padded_share=share)
