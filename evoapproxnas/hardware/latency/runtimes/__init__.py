"""Runtimes whose operations can be timed on this machine.

`base` says what a runtime has to do; to add one, write a file with a class that does it and name
it in `RUNTIMES`. TensorFlow and LiteRT are imported when a runtime is asked for.

- `litert`: int8 models; `flatbuffer` takes them apart.
- `tensorflow_graph`: float32 graphs.
- `samples`: models of single operations; `converting`: models as functions, and as int8 files.
"""

from importlib import import_module
from importlib.util import find_spec

from evoapproxnas.errors import EnvironmentBroken, unknown_name
from evoapproxnas.hardware.latency.runtimes.base import (
    Call,
    Prepared,
    Runtime,
    RuntimeRefuses,
)
from evoapproxnas.hardware.latency.runtimes.quiet import quietly

__all__ = [
    "RUNTIMES",
    "Call",
    "Prepared",
    "Runtime",
    "RuntimeRefuses",
    "get_runtime",
    "require_runtime",
]

RUNTIMES = {"litert": ("litert", "LiteRT"), "tensorflow": ("tensorflow_graph", "TensorFlow")}
"""Module and class by name."""

_EXTRAS = {"litert": "ai_edge_litert"}


def get_runtime(name: str, *, threads: int) -> Runtime:
    """Return a runtime, started.

    Args:
        name: litert or tensorflow.
        threads: that it computes with.

    Raises:
        UnknownNameError: for another name.
        EnvironmentBroken: if its package is missing.
        MeasurementError: if this process has started it otherwise.
    """
    require_runtime(name)
    module, kind = RUNTIMES[name]
    with quietly():
        runtime: Runtime = getattr(import_module(f"{__name__}.{module}"), kind)(threads)
    return runtime


def require_runtime(name: str) -> None:
    """Check that a runtime is known and installed, without starting it.

    Args:
        name: of the runtime.

    Raises:
        UnknownNameError: for another name.
        EnvironmentBroken: if its package is missing.
    """
    if name not in RUNTIMES:
        raise unknown_name("runtime", name, RUNTIMES)
    package = _EXTRAS.get(name)
    if package is not None and find_spec(package) is None:
        raise EnvironmentBroken(
            f"runtime {name!r} needs the package {package.replace('_', '-')}, which is not "
            f"installed; install it with: pip install 'evoapproxnas[{name}]'"
        )
