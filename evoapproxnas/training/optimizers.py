"""SGD, Adam, AdamW and Muon; the first three as one fused TensorFlow operation per variable.

A Keras optimizer builds a dozen operations per variable; for candidates that are trained for
seconds, tracing and running them is a tenth to a fifth of the time.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import tensorflow as tf

from evoapproxnas.config import TrainingConfig
from evoapproxnas.training.muon import Muon, is_matrix


@dataclass(frozen=True)
class Update:
    """An update rule with its state; call it with gradients and the learning rate.

    Attributes:
        apply: takes gradients, one per variable, and the rate (scalar tensor).
        state: the rule's own variables: velocities, moments, powers.
    """

    apply: Callable[[Sequence[Any], Any], None]
    state: tuple[Any, ...]

    def __call__(self, gradients: Sequence[Any], rate: Any) -> None:
        """Change the variables by one step."""
        self.apply(gradients, rate)


_MOMENTUM = 0.9
_MUON_RATE = 0.25
"""Length of Muon's step for a rate of 1, so that a rate of 0.1 to 0.2 suits all parameters."""
_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-7


def make_update(variables: Sequence[Any], config: TrainingConfig) -> Update:
    """Return the update rule that the configuration names; its state starts at zero.

    Weight decay acts on kernels (two axes or more), not on biases and normalization. With `sgd`
    and `adam` it is an L2 term in the gradient, as the ResNet papers' 1e-4 to 5e-4; with `adamw`
    it shrinks the kernel by rate x decay per step (Loshchilov and Hutter, 2019). With `muon` it
    does so too, to hidden kernels only, by 0.25 x rate x decay; see `_muon`.

    Args:
        variables: trainable Keras variables.
        config: gives `optimizer`, `weight_decay` and `bias_rate`.
    """
    tensors = [variable.value for variable in variables]
    if config.optimizer == "muon":
        return _muon(tensors, config)
    if config.optimizer == "sgd":
        return _nesterov(tensors, config.weight_decay, config.bias_rate)
    return _adam(tensors, config, decoupled=config.optimizer == "adamw")


def _muon(variables: Sequence[Any], config: TrainingConfig) -> Update:
    """Muon for hidden kernels; Nesterov SGD for what are no matrices, and for the last layer."""
    matrices = [i for i, variable in enumerate(variables) if is_matrix(variable)]
    hidden = matrices[:-1]
    others = [i for i in range(len(variables)) if i not in hidden]
    muon = Muon([variables[i] for i in hidden], decay=config.weight_decay)
    rest = _nesterov([variables[i] for i in others], 0.0, config.bias_rate)

    def update(gradients: Sequence[Any], rate: Any) -> None:
        muon([gradients[i] for i in hidden], _MUON_RATE * rate)
        rest([gradients[i] for i in others], rate)

    return Update(update, (*muon.state, *rest.state))


def _nesterov(variables: Sequence[Any], decay: float, bias_rate: float) -> Update:
    velocities = [tf.Variable(tf.zeros_like(v)) for v in variables]

    def update(gradients: Sequence[Any], rate: Any) -> None:
        for variable, velocity, gradient in zip(variables, velocities, gradients, strict=True):
            if gradient is None:
                continue
            tf.raw_ops.ResourceApplyKerasMomentum(
                var=variable.handle,
                accum=velocity.handle,
                lr=tf.cast(_own_rate(rate, variable, bias_rate), variable.dtype),
                grad=_with_l2(gradient, variable, decay),
                momentum=tf.cast(_MOMENTUM, variable.dtype),
                use_nesterov=True,
            )

    return Update(update, tuple(velocities))


def _adam(variables: Sequence[Any], config: TrainingConfig, *, decoupled: bool) -> Update:
    decay, bias_rate = config.weight_decay, config.bias_rate
    first = [tf.Variable(tf.zeros_like(v)) for v in variables]
    second = [tf.Variable(tf.zeros_like(v)) for v in variables]
    power1, power2 = tf.Variable(1.0), tf.Variable(1.0)

    def update(gradients: Sequence[Any], rate: Any) -> None:
        beta1_power, beta2_power = power1.assign(power1 * _BETA1), power2.assign(power2 * _BETA2)
        for variable, m, v, gradient in zip(variables, first, second, gradients, strict=True):
            if gradient is None:
                continue
            kind = variable.dtype
            if decoupled and _decays(variable, decay):
                variable.assign_sub(tf.cast(rate * decay, kind) * variable)
            tf.raw_ops.ResourceApplyAdam(
                var=variable.handle,
                m=m.handle,
                v=v.handle,
                beta1_power=tf.cast(beta1_power, kind),
                beta2_power=tf.cast(beta2_power, kind),
                lr=tf.cast(_own_rate(rate, variable, bias_rate), kind),
                beta1=tf.cast(_BETA1, kind),
                beta2=tf.cast(_BETA2, kind),
                epsilon=tf.cast(_EPSILON, kind),
                grad=_with_l2(gradient, variable, 0.0 if decoupled else decay),
            )

    return Update(update, (*first, *second, power1, power2))


def _own_rate(rate: Any, variable: Any, bias_rate: float) -> Any:
    return rate * bias_rate if len(variable.shape) == 1 else rate


def _decays(variable: Any, decay: float) -> bool:
    return decay > 0 and len(variable.shape) > 1


def _with_l2(gradient: Any, variable: Any, decay: float) -> Any:
    dense = tf.convert_to_tensor(gradient)
    return dense + decay * variable if _decays(variable, decay) else dense
