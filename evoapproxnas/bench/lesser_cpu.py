"""This machine as a lesser one: kernels, Numba and float32 do without features of the CPU."""

import os
import sys

from evoapproxnas.errors import MeasurementError
from evoapproxnas.kernel_names import FEATURES_VARIABLE

ONEDNN_VARIABLE = "ONEDNN_MAX_CPU_ISA"
"""Says up to which instructions TensorFlow's convolutions in float32 go."""
_LEFT = {
    "avx": "SSE41",
    "avx2": "AVX",
    "avx512f": "AVX2",
    "avx512bw": "AVX2",
    "avx512vnni": "AVX512_CORE",
    "avx512bf16": "AVX512_CORE_VNNI",
    "amx-tile": "AVX512_CORE_FP16",
}
"""What oneDNN has without a feature, the least first."""


def do_without(features: str) -> None:
    """Switch features of the processor off, for this process and those that it starts.

    Args:
        features: as in the environment variable, such as "-avx512f,-avxvnni".

    Raises:
        MeasurementError: if TensorFlow has been loaded, which then has chosen its instructions.
    """
    if "tensorflow" in sys.modules:
        raise MeasurementError(
            "features of the CPU are switched off before TensorFlow is loaded, and it has been: "
            "measure in a process of its own, as `python -m evoapproxnas bench emulation` does"
        )
    os.environ[FEATURES_VARIABLE] = features
    off = {item.strip().removeprefix("-") for item in features.split(",")}
    left = next((isa for feature, isa in _LEFT.items() if feature in off), None)
    if left is not None:
        os.environ[ONEDNN_VARIABLE] = left
