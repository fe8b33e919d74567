"""A result with a gradient of its own, for tapes and for graphs, that keeps nothing alive.

`tf.custom_gradient` enters every trace of every layer in TensorFlow's global registry, for ever,
and with it the graph, its constants and what its callbacks refer to. Here an entry of the registry
stands for a `GradientRule`, of which there are few, whatever the number of models: the tensors
that a gradient needs are inputs of the operation in the graph that asks for it.
"""

from collections.abc import Callable
from functools import cache
from threading import Lock
from typing import Any

import tensorflow as tf

from evoapproxnas.emulation.operation.backward import GradientRule, Saved, gradients
from evoapproxnas.emulation.operation.convolution_types import Source
from evoapproxnas.emulation.operation.quantization import ActivationCoding, QuantizedWeights
from evoapproxnas.emulation.operation.table_gradient import Terms
from evoapproxnas.private_apis import record

_OPERANDS = 3
"""Input, kernel, bias: what gradients go to."""
_registering = Lock()


def recorded(
    forward: Callable[[], tf.Tensor],
    operands: tuple[tf.Tensor, tf.Tensor, tf.Tensor],
    saved: Saved,
    rule: GradientRule,
) -> tf.Tensor:
    """Return what `forward` does, with the gradient of `backward` to the operands.

    Args:
        forward: computes the result; its operations are hidden from tapes.
        operands: input, kernel and bias.
        saved: what the gradient needs.
        rule: the same.
    """
    with record.stop_recording():
        y = forward()
        if not tf.executing_eagerly():
            y = _marked(y, operands, saved, rule)

    def to_operands(upstream: tf.Tensor) -> list[tf.Tensor]:
        return list(gradients(saved, upstream, rule))

    record.record_operation("EmulatedConvolution", [y], list(operands), to_operands)
    return y


def _marked(
    y: tf.Tensor, operands: tuple[tf.Tensor, ...], saved: Saved, rule: GradientRule
) -> tf.Tensor:
    """Return `y` behind an operation in the graph whose registered gradient is the rule's."""
    graph = tf.compat.v1.get_default_graph()
    inputs = [y, *operands, *tf.nest.flatten(saved)]
    with graph.gradient_override_map({"IdentityN": _registered(rule)}):
        return tf.raw_ops.IdentityN(input=inputs)[0]


def _registered(rule: GradientRule) -> str:
    """Return the name under which TensorFlow's registry has the rule's gradient."""
    with _registering:
        return _register(rule)


@cache
def _register(rule: GradientRule) -> str:
    name = f"Emulated-{rule}"

    @tf.RegisterGradient(name)
    def gradient(operation: Any, upstream: tf.Tensor, *_: Any) -> list[tf.Tensor | None]:
        if operation is None:  # saved_model.save: what leaves the process has no gradient
            return [None]
        inputs = list(operation.inputs)
        saved = _unpacked(inputs[1 + _OPERANDS :], smooth=rule.smooth)
        rest = [None] * (len(inputs) - 1 - _OPERANDS)
        return [None, *gradients(saved, upstream, rule), *rest]

    return name


def _unpacked(tensors: list[tf.Tensor], *, smooth: bool) -> Saved:
    """Return flat tensors as what they were."""
    terms = (Terms(0, 0), Terms(0, 0)) if smooth else ()
    coding = ActivationCoding(0, 0)
    form = Saved(0, QuantizedWeights(0, 0, 0, 0, 0), Source(coding, 0), terms)
    return tf.nest.pack_sequence_as(form, tensors)
