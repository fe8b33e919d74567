"""What a file that a model is written to holds instead of the operations that lead there."""

from collections.abc import Iterator
from contextlib import contextmanager

import tensorflow as tf

from evoapproxnas.emulation.kernels import is_exporting


@contextmanager
def evaluated(*needed: tf.Tensor) -> Iterator[None]:
    """Compute at once, inside the `with` block, where a model is being written down.

    Quantized weights and calibrated ranges are constants of an exported model, which is smaller,
    and faster to write and to start, than one that quantizes its weights at each call.

    Args:
        *needed: tensors that the block uses; nothing changes if one of them is not known yet.
    """
    if not is_exporting() or any(tf.is_symbolic_tensor(each) for each in needed):
        yield
        return
    with tf.init_scope():
        yield
