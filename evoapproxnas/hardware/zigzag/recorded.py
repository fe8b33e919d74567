"""Layers that ZigZag evaluated once: 34 shapes of CIFAR-sized networks on `eyeriss_like`.

By zigzag-dse 3.9.1 with its own eyeriss_like.yaml and default.yaml, opt=energy, lpf_limit=4, one
spatial mapping, operands of 8 bits, one image. Energies in pJ; a MAC takes 0.5 pJ there, padding
included. Depthwise layers, one group for each channel, use one element with that mapping.
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from evoapproxnas.files import read_rows
from evoapproxnas.hardware.accelerators import Shape

ACCELERATOR = "eyeriss_like"
MAC_PJ = 0.5
_FILE = "eyeriss_like_layers.csv"


@dataclass(frozen=True)
class RecordedLayer:
    """A square convolution, and what ZigZag says of it.

    Attributes:
        channels_out: of its output.
        channels_in: of its input.
        output_size: rows of its output.
        kernel: rows of its windows.
        stride: of these.
        groups: of channels.
        energy_pj: of MACs and memories.
        weight_pj: of weights, in all memories.
        input_pj: likewise of inputs.
        output_pj: likewise of outputs.
        cycles: that it takes.
    """

    channels_out: int
    channels_in: int
    output_size: int
    kernel: int
    stride: int
    groups: int
    energy_pj: float
    weight_pj: float
    input_pj: float
    output_pj: float
    cycles: float

    @property
    def name(self) -> str:
        """What it is, in short."""
        kind = "depthwise" if self.groups > 1 else f"{self.channels_in} to {self.channels_out}"
        taps = f"{self.kernel}x{self.kernel}" + (f"/{self.stride}" if self.stride > 1 else "")
        channels = f" of {self.groups}" if self.groups > 1 else ""
        return f"{taps} {kind}{channels}, {self.output_size}x{self.output_size}"

    @property
    def shape(self) -> Shape:
        """Its loops."""
        size, kernel = self.output_size, self.kernel
        channels = self.channels_out // self.groups, self.channels_in // self.groups
        inputs = size * self.stride
        return Shape(
            (self.groups, *channels, size, size, kernel, kernel),
            (self.stride, self.stride, 1, 1),
            (inputs, inputs),
        )

    @property
    def memory_pj(self) -> float:
        """Energy of all memories."""
        return self.weight_pj + self.input_pj + self.output_pj


@cache
def recorded_layers() -> tuple[RecordedLayer, ...]:
    """Return the layers of the file."""
    with resources.as_file(resources.files(__package__) / _FILE) as path:
        return tuple(read_rows(RecordedLayer, Path(path)))
