"""The loops of a layer: how large they are, and what of them an accelerator spreads."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evoapproxnas.hardware.accelerators.description import DIMENSIONS, Accelerator
from evoapproxnas.hardware.accelerators.orders import spread_over
from evoapproxnas.hardware.workload import LayerWork


@dataclass(frozen=True)
class Shape:
    """What the cost of a layer's data follows from, whatever it is called and multiplies with.

    Attributes:
        sizes: of the loops, by dimension.
        stride: rows, columns of strides and of dilation.
        inputs: rows and columns of the input.
    """

    sizes: tuple[int, ...]
    stride: tuple[int, int, int, int]
    inputs: tuple[int, int]

    @classmethod
    def of(cls, work: LayerWork) -> "Shape":
        """Return what matters of a layer.

        A transposed convolution is one convolution of stride 1 for each phase of its outputs,
        and these count as further output channels.

        Args:
            work: of the layer.
        """
        rows, columns, channels = work.output_shape
        kernel, stride, phases = work.kernel, work.strides, 1
        if work.kind == "conv2d_transpose":
            rows, columns = -(-rows // stride[0]), -(-columns // stride[1])
            kernel = -(-kernel[0] // stride[0]), -(-kernel[1] // stride[1])
            phases, stride = math.prod(stride), (1, 1)
        sizes = (
            work.groups,
            channels // work.groups * phases,
            work.input_shape[2] // work.groups,
            rows,
            columns,
            *kernel,
        )
        return cls(sizes, (*stride, *work.dilation), work.input_shape[:2])

    @property
    def numbers(self) -> tuple[int, ...]:
        """All of it, as the compiled search takes it."""
        return (*self.sizes, *self.stride, *self.inputs)


def spread(shape: Shape, accelerator: Accelerator) -> npt.NDArray[np.int64]:
    """Return how much of each dimension is spread over the array."""
    target, unrolled = accelerator.target, np.ones(len(DIMENSIONS), np.int64)
    spread_over(np.array(shape.sizes), target.places, target.axes, unrolled)
    return unrolled
