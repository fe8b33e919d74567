"""A converted model whose multipliers are exchanged without converting or tracing it again.

The model is traced once, with a call back to Python in place of every approximate layer. What the
layers before the first exchanged one gave for a batch is remembered and not computed again.
"""

import math
import weakref
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from evoapproxnas.emulation.calibration.observation import Calibration, emulated_layers
from evoapproxnas.emulation.calibration.range_methods import RangeMethod, minmax
from evoapproxnas.emulation.conversion.exchanged_layer import ExchangedLayer, key_of
from evoapproxnas.emulation.layers import EmulatedLayer
from evoapproxnas.errors import QuantizationError
from evoapproxnas.hardware.keras_workload import layer_work
from evoapproxnas.multipliers import FilterGroups, LayerChoice, Multiplier, layer_choice

CACHE_BYTES = 10**9
_Key = tuple[Any, int, int]
"""Tables, their channels, and widths: what a layer's products depend on."""


@dataclass(frozen=True)
class _Site:
    """A place in the traced network where a layer computes.

    Attributes:
        path: the layer's.
        layer: whose forward pass it is.
        multiplications: for one image.
        remembered: by first image of a batch, the multipliers up to here and what came out.
    """

    path: str
    layer: EmulatedLayer
    multiplications: int
    remembered: dict[int, tuple[tuple[_Key, ...], tf.Tensor]] = field(default_factory=dict)


class InterchangeableModel:
    """A calibrated model of approximate layers and images, for many assignments of multipliers.

    Args:
        model: what `approximate` returned; its layers are changed in place.
        calibration: what `observe` measured on the same network.
        images: what it takes, (n, ...).
        range_method: how ranges follow from the calibration.
        batch_size: images at a time.
        cache_bytes: memory for outputs of layers; 0 where the first layer always changes.

    Attributes:
        exchanged: what computes each approximate layer, by path.
        images: as above.
    """

    def __init__(
        self,
        model: keras.Model,
        calibration: Calibration,
        images: npt.NDArray[Any],
        *,
        range_method: RangeMethod = minmax,
        batch_size: int = 500,
        cache_bytes: int = CACHE_BYTES,
    ) -> None:
        """Trace the model; see the class."""
        self._layers = emulated_layers(model)
        self.exchanged = {
            path: ExchangedLayer(layer, calibration.inputs[path], range_method)
            for path, layer in self._layers.items()
        }
        self.images = images
        self._batch_size = batch_size
        self._free_bytes = cache_bytes
        self._paths = {id(layer): path for path, layer in self._layers.items()}
        self._sites: list[_Site] = []
        self._first_image = 0
        signature = tf.TensorSpec((None, *images.shape[1:]), images.dtype)
        traced = tf.function(lambda x: self._traced(model, x), autograph=False)
        self._forward = traced.get_concrete_function(signature)

    @property
    def layers(self) -> dict[str, EmulatedLayer]:
        """The approximate layers by path, with what they were assigned last."""
        for exchanged in self.exchanged.values():
            exchanged.settle()
        return self._layers

    def multiplications(self) -> dict[str, int]:
        """Return how often each layer multiplies for one image, by path."""
        counts = dict.fromkeys(self._layers, 0)
        for site in self._sites:
            counts[site.path] += site.multiplications
        return counts

    def assign(self, multipliers: Mapping[str, Multiplier | LayerChoice]) -> None:
        """Give layers other multipliers; the others keep theirs.

        Args:
            multipliers: by path of the layer; a `MultiplierChoice` or `FilterGroups` changes the
                widths of the layer's codes, too.

        Raises:
            QuantizationError: for a path that is not of an approximate layer, a multiplier of
                the other signedness, groups that do not fit, or a sum that could overflow.
        """
        for path, given in multipliers.items():
            if path not in self._layers:
                raise QuantizationError(
                    f"{path!r} is no approximate layer; there are {sorted(self._layers)}"
                )
            layer = self._layers[path]
            choice = layer_choice(given, widths=layer.quantization.widths)
            if choice.key != key_of(layer):
                exchange(layer, path, choice)
                layer.quantization = layer.quantization.with_widths(*choice.widths)

    def predict(self, first: int = 0, last: int | None = None) -> npt.NDArray[np.float32]:
        """Return the outputs for images `first` to `last` (exclusive), at least one.

        Outputs of layers are reused between calls with the same `first`.
        """
        outputs = []
        stop = len(self.images) if last is None else min(last, len(self.images))
        for start in range(first, stop, self._batch_size):
            self._first_image = start
            batch = self.images[start : min(start + self._batch_size, stop)]
            outputs.append(self._forward(tf.constant(batch)).numpy())
        return np.concatenate(outputs)

    def _traced(self, model: keras.Model, x: tf.Tensor) -> tf.Tensor:
        for layer in self._layers.values():
            layer._stand_in = self._call_back
        try:
            return model(tf.cast(x, tf.float32), training=False)
        finally:
            for layer in self._layers.values():
                layer._stand_in = None

    def _call_back(self, layer: EmulatedLayer, x: tf.Tensor) -> tf.Tensor:
        """Put a call to Python into the graph where the layer computes."""
        position, shape = len(self._sites), layer.compute_output_shape(x.shape)
        count = sum(work.multiplications for work in layer_work(layer, tuple(x.shape)))
        self._sites.append(_Site(self._paths[id(layer)], layer, count))
        # TensorFlow's default graph keeps every such function for ever, and would keep what is
        # remembered here with it: a gigabyte a model.
        model = weakref.proxy(self)
        # An eager tensor that Python holds is never overwritten by the operations behind it.
        outputs = tf.py_function(lambda x: model._computed(position, x), [x], tf.float32)
        outputs.set_shape(shape)
        return outputs

    def _computed(self, position: int, x: tf.Tensor) -> tf.Tensor:
        """Return what a layer gives for the current batch, remembered or computed."""
        site = self._sites[position]
        key = tuple(key_of(s.layer) for s in self._sites[: position + 1])
        before = site.remembered.get(self._first_image)
        if before is not None and before[0] == key and len(before[1]) == len(x):
            return before[1]
        outputs = self.exchanged[site.path].outputs(x)
        self._remember(site, key, outputs)
        return outputs

    def _remember(self, site: _Site, key: tuple[_Key, ...], outputs: tf.Tensor) -> None:
        before = site.remembered.pop(self._first_image, None)
        if before is not None:
            self._free_bytes += _bytes(before[1])
        if _bytes(outputs) <= self._free_bytes:
            self._free_bytes -= _bytes(outputs)
            site.remembered[self._first_image] = (key, outputs)


def exchange(layer: EmulatedLayer, path: str, given: Multiplier | LayerChoice) -> None:
    """Give a layer another multiplier; weights that are tuned stay tuned to the former one.

    Graphs that were traced before keep the former one, too. A layer whose weights are tuned keeps
    its groups of channels, and one multiplier goes to all of them.

    Args:
        layer: built and calibrated.
        path: its path, for messages.
        given: one multiplier or several, of the same signedness.

    Raises:
        QuantizationError: for a multiplier of the other signedness, groups that do not fit, or a
            sum that could overflow.
    """
    choice = layer_choice(given)
    if choice.signed != layer.signed:
        kind = "a signed" if layer.signed else "an unsigned"
        raise QuantizationError(
            f"layer {path!r} was converted for {kind} multiplier, {choice.label!r} is not; "
            "convert the model again"
        )
    for each, _ in choice.portions:
        layer.check_sums(each.multiplier)
    groups = layer.channel_groups if layer.tune_weights else None
    if not isinstance(choice, FilterGroups):
        layer.set_multipliers([choice.multiplier] * len(groups or (None,)), groups)
    elif layer.tune_weights:
        layer.set_multipliers(_in_the_groups(layer, path, choice), groups)
    else:
        layer.set_multipliers([c.multiplier for c in choice.choices], choice.channels)


def _in_the_groups(layer: EmulatedLayer, path: str, choice: FilterGroups) -> list[Multiplier]:
    """Return the multiplier of each group that a layer has, whose weights are tuned by group."""
    whole = choice.divided(layer.output_channels, layer=path)
    found: list[Multiplier] = []
    for group in layer.channel_groups or ():
        pairs = zip(whole.choices, whole.channels or (), strict=True)
        found += [c.multiplier for c, channels in pairs if set(group) <= set(channels)]
    if not found or len(found) != len(layer.multipliers):
        raise QuantizationError(
            f"the weights of layer {path!r} are tuned for other groups of channels than those of "
            f"{choice.label!r}; convert the model again"
        )
    return found


def _bytes(tensor: tf.Tensor) -> int:
    return tensor.dtype.size * math.prod(tensor.shape)
