"""What a measurement is valid for: processor, what it can do, kernels and versions."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache

import numba
import tensorflow as tf

from evoapproxnas.emulation.kernels.host import cpu
from evoapproxnas.kernel_names import KERNEL_HOMES
from evoapproxnas.processor import processor_name
from evoapproxnas.version import __version__


@dataclass(frozen=True)
class Machine:
    """A machine with its software; times of another one say nothing.

    Attributes:
        processor: its model.
        features: of the processor that kernels may use, LLVM's names, in order.
        cores: of the machine.
        gpus: that TensorFlow sees.
        kernels: that the package has.
        versions: of the packages that kernels are made with.
    """

    processor: str
    features: tuple[str, ...]
    cores: int
    gpus: int
    kernels: tuple[str, ...]
    versions: Mapping[str, str]

    def difference(self, other: "Machine") -> str:
        """Say in what another machine differs; empty if in nothing.

        Args:
            other: the other machine.
        """
        for name, ours in asdict(self).items():
            theirs = getattr(other, name)
            if ours == theirs:
                continue
            if isinstance(ours, tuple):
                ours, theirs = (sorted({*a} - {*b}) for a, b in ((ours, theirs), (theirs, ours)))
            return f"its {name}: {_told(theirs)}, here {_told(ours)}"
        return ""


def this_machine() -> Machine:
    """Return what kernels run on here."""
    return _this_machine(cpu.cpu_features())


@lru_cache(maxsize=4)
def _this_machine(features: frozenset[str]) -> Machine:
    return Machine(
        processor=processor_name(),
        features=tuple(sorted(features)),
        cores=os.cpu_count() or 1,
        gpus=len(tf.config.list_physical_devices("GPU")),
        kernels=tuple(sorted(KERNEL_HOMES)),
        versions={
            "evoapproxnas": __version__,
            "numba": numba.__version__,
            "tensorflow": tf.__version__,
        },
    )


def _told(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {version}" for name, version in value.items())
    if isinstance(value, list | tuple):
        return " ".join(str(each) for each in value[:4]) or "no others"
    return str(value)
