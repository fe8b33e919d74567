"""The hardware, software and load under which a benchmark ran."""

import os
from typing import Any

import tensorflow as tf

from evoapproxnas.bench.lesser_cpu import ONEDNN_VARIABLE
from evoapproxnas.emulation.kernels import KERNELS
from evoapproxnas.emulation.kernels.host.cpu import cpu_features, switched_off
from evoapproxnas.emulation.kernels.host.threads import thread_count
from evoapproxnas.store.environment import describe_environment

TELLING_FEATURES = (
    "avx2",
    "avxvnni",
    "avx512f",
    "avx512bw",
    "avx512vbmi",
    "avx512vnni",
    "avx512bf16",
    "amx-int8",
    "amx-bf16",
)
"""Features of a processor that kernels make use of."""


def describe_machine() -> dict[str, Any]:
    """Return what a reader needs to compare figures, ready for JSON.

    The load is the mean number of running processes over the last minute: anything above the
    benchmark's own threads distorts its times.
    """
    environment = describe_environment()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "processor": environment["processor"],
        "cores": environment["cores"],
        "threads": thread_count(),
        "tensorflow_threads": tf.config.threading.get_intra_op_parallelism_threads() or "all",
        "cpu_features": [name for name in TELLING_FEATURES if name in cpu_features()],
        "switched_off": [name for name in TELLING_FEATURES if name in switched_off()],
        "onednn_up_to": os.environ.get(ONEDNN_VARIABLE, "all"),
        "gpus": [device.name for device in tf.config.list_physical_devices("GPU")],
        "load": load,
        "versions": environment["packages"],
        "missing_kernels": {
            name: kernel.missing() for name, kernel in KERNELS.items() if kernel.missing()
        },
    }
