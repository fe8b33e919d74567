"""The processor, versions and load under which a benchmark ran, without TensorFlow."""

import os
from typing import Any

from evoapproxnas.store.environment import describe_environment


def describe_host() -> dict[str, Any]:
    """Return what a reader needs to compare figures, ready for JSON.

    The load is the mean number of running processes over the last minute.
    """
    environment = describe_environment()
    return {
        "processor": environment["processor"],
        "cores": environment["cores"],
        "load": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "versions": environment["packages"],
    }
