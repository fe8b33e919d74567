"""Start TensorFlow without the lines its C++ code prints about CPUs and absent GPUs."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from evoapproxnas.config import RunConfig


def start_tensorflow_quietly(*, threads: int | None = None) -> None:
    """Import TensorFlow and run one operation, with the process' standard error put aside.

    `TF_CPP_MIN_LOG_LEVEL` does not reach what is logged before its logging is set up.

    Args:
        threads: if given, TensorFlow gets so many and becomes deterministic.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        import tensorflow as tf

        tf.get_logger().setLevel("ERROR")
        if threads is not None:
            from evoapproxnas.training import deterministic

            deterministic(threads)
        tf.constant(0) + 1
    finally:
        os.dup2(kept, 2)
        os.close(nowhere)
        os.close(kept)


def get_ready_inline(config: "RunConfig", *, executor: str | None = None) -> None:
    """Start TensorFlow quietly where candidates are evaluated in this process.

    Args:
        config: of the run.
        executor: in place of the one that it names.
    """
    if (executor or config.execution.executor) == "inline" and config.problem == "cnn":
        start_tensorflow_quietly(threads=config.execution.threads_per_worker)
