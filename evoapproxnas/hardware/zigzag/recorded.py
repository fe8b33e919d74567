"""Layers that ZigZag evaluated once: 34 shapes of CIFAR-sized networks on `eyeriss_like`.

Found by `zigzag_layer_cost` with zigzag-dse 3.9.1, in three minutes for all of them, so that the
analytic model can be compared where ZigZag is not installed. One image, operands of 8 bits,
energies in pJ. Depthwise layers have a group for each channel.
"""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from evoapproxnas.files import read_rows
from evoapproxnas.hardware.accelerators import Shape

ACCELERATOR = "eyeriss_like"
MAC_PJ = 0.5
"""What ZigZag's own eyeriss_like.yaml says of one."""
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
        weight_pj: energy of weights, in all memories.
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
