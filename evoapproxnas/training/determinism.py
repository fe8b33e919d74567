"""Making TensorFlow repeatable: same seed, same number of threads, same bits."""

import tensorflow as tf

from evoapproxnas.errors import ConfigError


def deterministic(threads: int) -> None:
    """Fix the number of threads and let TensorFlow use deterministic operations only.

    Call it once per process, before the first TensorFlow operation. Results of different
    numbers of threads differ in the last bits, as sums are split differently.

    Args:
        threads: threads within one operation and between operations, at least 1.

    Raises:
        ConfigError: if `threads` is not positive, or TensorFlow already runs with another number.
    """
    if threads < 1:
        raise ConfigError(f"threads must be at least 1, got {threads}")
    threading = tf.config.threading
    current = {
        threading.get_intra_op_parallelism_threads(),
        threading.get_inter_op_parallelism_threads(),
    }
    if current != {threads}:
        try:
            threading.set_intra_op_parallelism_threads(threads)
            threading.set_inter_op_parallelism_threads(threads)
        except RuntimeError as error:
            raise ConfigError(
                f"cannot run TensorFlow with {threads} threads: it has already started in this "
                f"process; call deterministic() before the first TensorFlow operation"
            ) from error
    tf.config.experimental.enable_op_determinism()
