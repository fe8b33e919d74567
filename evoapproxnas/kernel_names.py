"""The emulation kernels by name, and their setting, for whoever needs these without TensorFlow."""

from evoapproxnas.errors import unknown_name

KERNEL_HOMES = {
    "avx512": "evoapproxnas.emulation.kernels.numba_lookup:Avx512Kernel",
    "avx2": "evoapproxnas.emulation.kernels.numba_lookup:Avx2Kernel",
    "numba": "evoapproxnas.emulation.kernels.numba_lookup:NumbaKernel",
    "tensorflow": "evoapproxnas.emulation.kernels.tensorflow_ops:TensorFlowKernel",
    "factorized": "evoapproxnas.emulation.kernels.factorized:FactorizedKernel",
    "amx": "evoapproxnas.emulation.kernels.tiles:AmxKernel",
    "vnni": "evoapproxnas.emulation.kernels.tiles:VnniKernel",
    "words": "evoapproxnas.emulation.kernels.tiles:WordsKernel",
    "reference": "evoapproxnas.emulation.kernels.reference:ReferenceKernel",
}
"""The registry, fastest look-ups first: `module:class` of each."""

FEATURES_VARIABLE = "EVOAPPROXNAS_CPU_FEATURES"
"""Names features of the processor that kernels do without; see `emulation.kernels.host.cpu`."""


def check_kernel_name(name: str) -> str:
    """Return `name` if it is "auto" or registered.

    Raises:
        UnknownNameError: otherwise.
    """
    if name not in ("auto", *KERNEL_HOMES):
        raise unknown_name("kernel", str(name), ["auto", *KERNEL_HOMES])
    return name
