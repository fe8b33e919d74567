"""Muon: momentum whose every update of a kernel is an orthogonal matrix.

A gradient of a kernel is nearly of low rank: a few directions hold most of its length. Muon
gives every direction the same length, by replacing the momentum M = U S V^T by U V^T. So rare
directions are learned as fast as common ones.

Source: K. Jordan et al., "Muon: An optimizer for hidden layers in neural networks", 2024, and
K. Jordan, airbench94_muon.py, which uses it for convolutions as here: a kernel of shape
(height, width, in, out) is the matrix (height * width * in, out) of the multiplication that it
does. `keras.optimizers.Muon` leaves kernels with four axes to Adam.
"""

import math
from collections.abc import Sequence
from typing import Any

import tensorflow as tf

_COEFFICIENTS = (3.4445, -4.7750, 2.0315)
"""Of the odd polynomial a x + b x^3 + c x^5: five rounds take 0.002 .. 1 to 0.7 .. 1.2."""
_ROUNDS = 5
_MOMENTUM = 0.9
_TINY = 1e-7


def is_matrix(variable: Any) -> bool:
    """Whether a variable multiplies vectors: not a bias, a gain or a depthwise kernel."""
    return len(variable.shape) > 1 and variable.shape[-1] > 1


def orthogonalized(kernel: Any) -> Any:
    """Return U V^T, nearly, of a kernel U S V^T, in the kernel's shape.

    Newton-Schulz iteration. It works on the Gram matrix of the smaller side alone, as
    the polynomial p of X is q(X X^T) X: all rounds cost less than the two products with X.

    Args:
        kernel: float32 (..., out); all axes but the last one are the rows.

    Returns:
        A kernel whose singular values are 0.7 .. 1.2 where those of the argument are at least
        0.002 of its norm; zeros for zeros.
    """
    rows, columns = math.prod(kernel.shape[:-1]), kernel.shape[-1]
    matrix = tf.reshape(kernel, (rows, columns))
    matrix /= tf.norm(matrix) + _TINY
    tall = rows > columns
    gram = tf.matmul(matrix, matrix, transpose_a=tall, transpose_b=not tall)
    a, b, c = _COEFFICIENTS
    identity = tf.eye(min(rows, columns))
    factor = identity
    for last in [False] * (_ROUNDS - 1) + [True]:
        step = a * identity + b * gram + c * tf.matmul(gram, gram)
        factor = tf.matmul(step, factor)
        if not last:
            gram = tf.matmul(tf.matmul(step, gram), step)
    product = tf.matmul(matrix, factor) if tall else tf.matmul(factor, matrix)
    return tf.reshape(product, kernel.shape)


class Muon:
    """The update rule of kernels; the state is one momentum per kernel."""

    def __init__(self, kernels: Sequence[Any], *, decay: float) -> None:
        """Start with momenta of zero.

        Args:
            kernels: variables for which `is_matrix` holds.
            decay: decoupled weight decay: a kernel shrinks by rate x decay per step.
        """
        self._kernels = tuple(kernels)
        self._decay = decay
        self.state = tuple(tf.Variable(tf.zeros_like(kernel)) for kernel in kernels)

    def __call__(self, gradients: Sequence[Any], rate: Any) -> None:
        """Change the kernels by one step; `rate` is the length of the step in every direction.

        Args:
            gradients: one per kernel, or None.
            rate: scalar tensor.
        """
        for kernel, velocity, gradient in zip(self._kernels, self.state, gradients, strict=True):
            if gradient is None:
                continue
            velocity.assign(_MOMENTUM * velocity + gradient)
            ahead = gradient + _MOMENTUM * velocity
            fan_in = math.prod(kernel.shape[:-1])
            length = rate * math.sqrt(max(1.0, kernel.shape[-1] / fan_in))
            kernel.assign_sub(length * orthogonalized(ahead) + rate * self._decay * kernel)
