"""Which output channels of a layer get a multiplier together: those of like sensitivity.

The sensitivity of channel c is what its errors do to the scores of the network, to first order:

    sum over the positions of (d score / d y_c)^2  x  what c keeps of a multiplier's errors

The first factor is a gradient through the exact 8-bit network, averaged over images, for random
signs of the scores (Hutchinson); the second is `kept_errors` by channel, of the multipliers to
choose from, each divided by its mean over the channels. Magnitudes of weights alone say little of
the first, and measuring each channel takes as many emulations as there are channels: 64 in a
layer, where the gradient takes one pass. Only the order counts here: what a group does to the
scores is measured, see `group_sensitivity`.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from evoapproxnas import seeds
from evoapproxnas.emulation import ApproxDense, Calibration, EmulatedLayer, conversion_report
from evoapproxnas.emulation.calibration.observation import emulated_layers
from evoapproxnas.emulation.calibration.range_methods import resolve_range_method
from evoapproxnas.emulation.conversion.convert import approximate_and_observe
from evoapproxnas.emulation.conversion.exchanged_layer import ExchangedLayer
from evoapproxnas.emulation.conversion.kept_errors import kept_by_channel
from evoapproxnas.files import decode, encode_json, read_json, write_atomically
from evoapproxnas.multipliers import Channels, MultiplierChoice
from evoapproxnas.quantization import Quantization
from evoapproxnas.resilience.units import LayerGroups, check_divisible
from evoapproxnas.training.classifier import gives_probabilities

Values = npt.NDArray[np.float64]
IMAGES = 128
"""So many tell the gradients: more change the order of few channels."""
_TINY = 1e-30


def choose_channel_groups(
    model: keras.Model,
    calibration: Calibration,
    images: npt.NDArray[Any],
    *,
    choices: Sequence[MultiplierChoice],
    exact: MultiplierChoice,
    quantization: Quantization,
    groups: int,
    folder: Path | None,
) -> LayerGroups:
    """Divide the output channels of each convolution into groups, the most sensitive ones first.

    Dense and separable layers have a single multiplier and are not named.

    Args:
        model: a classifier.
        calibration: of it.
        images: as the model takes them; the first `IMAGES` are used.
        choices: what a group can have.
        exact: the exact multiplier.
        quantization: of the layers.
        groups: how many in each layer.
        folder: keeps `channels.json`, so that a search that goes on has the same groups.

    Raises:
        ConfigError: if so many groups do not divide the channels of a layer.
        StoreError: if the folder cannot be written.
    """
    path = None if folder is None else folder / "channels.json"
    if path is not None and path.exists():
        known = decode(dict[str, list[list[int]]], read_json(path), where=str(path))
        return {layer: tuple(map(tuple, found)) for layer, found in known.items()}
    converted, calibration = approximate_and_observe(model, exact, calibration, quantization)
    layers = _convolutions(converted)
    check_divisible({path: layer.output_channels for path, layer in layers.items()}, groups)
    gains = output_gains(converted, images[:IMAGES], probabilities=gives_probabilities(model))
    method = resolve_range_method(quantization.range_method)
    found = {}
    for name, layer in layers.items():
        exchanged = ExchangedLayer(layer, calibration.inputs[name], method)
        errors = relative_errors(kept_by_channel(exchanged, choices))
        found[name] = groups_by(gains[name] * errors, groups)
    if path is not None:
        write_atomically(path, encode_json(found, indent=2) + "\n")
    return found


def _convolutions(model: keras.Model) -> dict[str, EmulatedLayer]:
    """Return the layers that have groups, by path."""
    layers = emulated_layers(model)
    paths = conversion_report(model).paths("approximated")
    found = {path: layers[path] for path in paths if path in layers}
    return {path: layer for path, layer in found.items() if not isinstance(layer, ApproxDense)}


def groups_by(sensitivities: Values, groups: int) -> tuple[Channels, ...]:
    """Return groups of equal size, the most sensitive channels first.

    Args:
        sensitivities: of the channels.
        groups: how many; they divide the channels.
    """
    order = np.argsort(-sensitivities, kind="stable").reshape(groups, -1)
    return tuple(tuple(sorted(group.tolist())) for group in order)


def relative_errors(kept: Values) -> Values:
    """Return what channels keep of errors, in the mean over multipliers, each relative to its own.

    Args:
        kept: (multipliers, channels).
    """
    means = kept.mean(axis=1, keepdims=True)
    wrong = means[:, 0] > 0
    if not wrong.any():
        return np.ones(kept.shape[1])
    relative: Values = (kept[wrong] / means[wrong]).mean(axis=0)
    return relative


def output_gains(
    model: keras.Model, images: npt.NDArray[Any], *, probabilities: bool
) -> Mapping[str, Values]:
    """Return what an error of variance 1 in an output channel adds to that of the scores.

    Args:
        model: calibrated, with approximate layers, whose gradient is that of the exact ones.
        images: as it takes them.
        probabilities: whether it gives these instead of logits.

    Returns:
        By path of the layer, (channels,), up to a common factor.
    """
    paths = {id(layer): path for path, layer in emulated_layers(model).items()}
    probes: dict[str, list[tf.Tensor]] = {}
    tape = tf.GradientTape(watch_accessed_variables=False)

    def probed(layer: EmulatedLayer, x: tf.Tensor) -> tf.Tensor:
        outputs = layer._emulate(x, layer._filters(), layer._frozen())
        probe = tf.zeros_like(outputs)
        tape.watch(probe)
        probes.setdefault(paths[id(layer)], []).append(probe)
        return outputs + probe

    layers = emulated_layers(model).values()
    for layer in layers:
        layer._stand_in = probed
    try:
        with tape:
            outputs = model(tf.cast(images, tf.float32), training=False)
            outputs = tf.reshape(outputs, (len(images), -1))
            if probabilities:
                outputs = tf.math.log(tf.maximum(outputs, _TINY))
            rng = seeds.generator(0, 0, 0, "signs of scores")
            signs = rng.choice(np.array([-1, 1], np.float32), outputs.shape)
            said = tf.reduce_sum(outputs * (signs - signs.mean(axis=1, keepdims=True)))
    finally:
        for layer in layers:
            layer._stand_in = None
    gradients = tape.gradient(said, probes, unconnected_gradients="zero")
    return {
        path: np.sum([_squares(g) for g in found], axis=0) for path, found in gradients.items()
    }


def _squares(gradient: tf.Tensor) -> Values:
    squares: Values = np.square(gradient.numpy().astype(np.float64))
    return squares.reshape(-1, squares.shape[-1]).sum(axis=0)
