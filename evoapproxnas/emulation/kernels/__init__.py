"""Interchangeable kernels: `reference` is the oracle, the others give the same integers faster.

To add one, see `kernels/protocol.py`.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from typing import cast

from evoapproxnas.emulation.kernels.choice import (
    LayerWork,
    default_costs,
    fastest_kernel,
    remembered_costs,
    work_of,
)
from evoapproxnas.emulation.kernels.host.threads import thread_count
from evoapproxnas.emulation.kernels.portable import is_exporting, leaves_process, portable_kernel
from evoapproxnas.emulation.kernels.protocol import Geometry, Kernel, LookupTable, Operands
from evoapproxnas.errors import QuantizationError
from evoapproxnas.kernel_names import KERNEL_HOMES, check_kernel_name


def _made(home: str) -> Kernel:
    module, _, kind = home.partition(":")
    return cast(Kernel, getattr(import_module(module), kind)())


KERNELS = {name: _made(home) for name, home in KERNEL_HOMES.items()}
"""All kernels, fastest look-ups first."""

KERNEL_VARIABLE = "EVOAPPROXNAS_KERNEL"

_forced: ContextVar[str | Kernel | None] = ContextVar("forced_kernel", default=None)


@contextmanager
def use_kernel(kernel: str | Kernel) -> Iterator[None]:
    """Make every layer use this kernel, whatever its `kernel=`, inside a `with` block.

    A graph that was traced before (by `fit`, `predict` or `tf.function`) keeps its kernels.

    Args:
        kernel: a registered name, or a kernel itself, such as one that keeps what it computes.

    Raises:
        UnknownNameError: for a name that is not registered.
    """
    token = _forced.set(check_kernel_name(kernel) if isinstance(kernel, str) else kernel)
    try:
        yield
    finally:
        _forced.reset(token)


def choose_kernel(
    name: str,
    *,
    table: LookupTable | None = None,
    weight_shape: Sequence[int] | None = None,
    geometry: Geometry | None = None,
    input_shape: Sequence[int | None] | None = None,
    window_sums: bool = False,
) -> Kernel:
    """Return the kernel to use for a layer with `kernel=name`.

    `use_kernel` decides over the layer; over "auto" decides the environment variable, then what
    kernels should take (see `choice`), if table, weight_shape and geometry are given. Without
    them "auto" is the first kernel that this machine can run.

    Args:
        name: what the layer asks for.
        table: of the layer's multiplier.
        weight_shape: (kh, kw, channels_in / groups, channels_out).
        geometry: of the convolution.
        input_shape: (images, rows, columns, channels), None where it is not known.
        window_sums: whether the activations of windows are summed, as for affine weights.

    Raises:
        UnknownNameError: for a name that is not registered.
        QuantizationError: for a kernel that this machine cannot run.
    """
    forced = _forced.get()
    if forced is not None and not isinstance(forced, str):
        return forced
    name = forced or name
    if name == "auto":
        name = os.environ.get(KERNEL_VARIABLE, "auto")
    if check_kernel_name(name) == "auto":
        if table is not None and weight_shape is not None and geometry is not None:
            work = work_of(weight_shape, geometry, input_shape, window_sums=window_sums)
            return _fastest(work, table)
        return next(kernel for kernel in KERNELS.values() if kernel.missing() is None)
    missing = KERNELS[name].missing()
    if missing is not None:
        raise QuantizationError(
            f"kernel {name!r} cannot run on this machine: it needs {missing}; use kernel='auto'"
        )
    return KERNELS[name]


def _fastest(work: LayerWork, table: LookupTable) -> Kernel:
    """Return the kernel that should be fastest: as measured, else by default."""
    runnable = [kernel for kernel in KERNELS.values() if kernel.missing() is None]
    costs = remembered_costs(thread_count())
    best = None if costs is None else fastest_kernel(work, table, runnable, costs)
    if best is None:
        costs = default_costs([kernel.name for kernel in runnable])
        best = fastest_kernel(work, table, runnable, costs)
    return best or runnable[0]


__all__ = [
    "KERNELS",
    "KERNEL_VARIABLE",
    "Geometry",
    "Kernel",
    "LookupTable",
    "Operands",
    "choose_kernel",
    "is_exporting",
    "leaves_process",
    "portable_kernel",
    "use_kernel",
]
