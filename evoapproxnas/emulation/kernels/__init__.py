"""Interchangeable kernels: `reference` is the oracle, the others give the same integers faster.

To add one, see `kernels/protocol.py`.
"""

import os

from evoapproxnas.emulation.kernels.factorized import FactorizedKernel
from evoapproxnas.emulation.kernels.numba_lookup import Avx512Kernel, NumbaKernel
from evoapproxnas.emulation.kernels.protocol import Geometry, Kernel, LookupTable, Operands
from evoapproxnas.emulation.kernels.reference import ReferenceKernel
from evoapproxnas.emulation.kernels.tensorflow_ops import TensorFlowKernel
from evoapproxnas.errors import QuantizationError, unknown_name

KERNELS: dict[str, Kernel] = {
    kernel.name: kernel
    for kernel in (
        Avx512Kernel(),
        NumbaKernel(),
        TensorFlowKernel(),
        FactorizedKernel(),
        ReferenceKernel(),
    )  # fmt: skip
}
"""The registry; `auto` takes the first that this machine can run."""

KERNEL_VARIABLE = "EVOAPPROXNAS_KERNEL"


def check_kernel_name(name: str) -> str:
    """Return `name` if it is "auto" or registered.

    Raises:
        UnknownNameError: otherwise.
    """
    if name != "auto" and name not in KERNELS:
        raise unknown_name("kernel", name, ["auto", *KERNELS])
    return name


def choose_kernel(name: str) -> Kernel:
    """Return the kernel to use for `name`; the environment variable decides over "auto".

    Raises:
        UnknownNameError: for a name that is not registered.
        QuantizationError: for a kernel that this machine cannot run.
    """
    if name == "auto":
        name = os.environ.get(KERNEL_VARIABLE, "auto")
    if check_kernel_name(name) == "auto":
        return next(kernel for kernel in KERNELS.values() if kernel.missing() is None)
    missing = KERNELS[name].missing()
    if missing is not None:
        raise QuantizationError(
            f"kernel {name!r} cannot run on this machine: it needs {missing}; use kernel='auto'"
        )
    return KERNELS[name]


__all__ = [
    "KERNELS",
    "KERNEL_VARIABLE",
    "Geometry",
    "Kernel",
    "LookupTable",
    "Operands",
    "check_kernel_name",
    "choose_kernel",
]
