"""One process for each number of threads, one after the other."""

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime

import tensorflow as tf

from evoapproxnas.bench.measuring.fitting import fit_constants
from evoapproxnas.bench.measuring.layers import MeasuredLayer
from evoapproxnas.bench.measuring.timing import time_kernels
from evoapproxnas.emulation.kernels.choice import (
    KernelTimes,
    Measurement,
    ThreadTimes,
    this_machine,
)
from evoapproxnas.emulation.kernels.choice.measurement import SCHEMA
from evoapproxnas.emulation.kernels.host.threads import THREADS_VARIABLE
from evoapproxnas.errors import MeasurementError
from evoapproxnas.hardware.latency.runtimes.quiet import quietly


def measure_machine(
    layers: Sequence[MeasuredLayer],
    *,
    threads: Sequence[int],
    progress: Callable[[int], None],
) -> Measurement:
    """Time this machine's kernels.

    Args:
        layers: on which.
        threads: numbers of threads; each is measured by itself.
        progress: called with each number of threads before it is measured.

    Returns:
        What `emulation.kernels.choice` remembers.

    Raises:
        MeasurementError: if a process ends before it has measured.
    """
    found = []
    for each in threads:
        progress(each)
        found.append(_in_own_process(each, tuple(layers)))
    date = datetime.now(UTC).isoformat(timespec="seconds")
    return Measurement(SCHEMA, this_machine(), date, tuple(found))


def _in_own_process(threads: int, layers: tuple[MeasuredLayer, ...]) -> ThreadTimes:
    context = multiprocessing.get_context("spawn")
    # What TensorFlow says when it starts goes where standard error goes when a process begins.
    with quietly(), ProcessPoolExecutor(1, mp_context=context) as processes:
        try:
            return processes.submit(_measure, threads, layers).result()
        except BrokenProcessPool as error:
            raise MeasurementError(
                f"the process that measured kernels with {threads} threads has ended, for want of "
                "memory perhaps; end other programs and try again"
            ) from error


def _measure(threads: int, layers: tuple[MeasuredLayer, ...]) -> ThreadTimes:
    """Measure in a process that has not started TensorFlow yet."""
    os.environ[THREADS_VARIABLE] = str(threads)
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)
    kernels = {
        name: KernelTimes(fit_constants(samples), samples)
        for name, samples in time_kernels(layers, threads=threads).items()
    }
    return ThreadTimes(threads, kernels)
